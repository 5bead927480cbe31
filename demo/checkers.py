"""Two independent checkers of Slack messages: slackblocks, and the models of Slack's own SDK.

The first is a dependency for development only; where it is missing, it is left out by name.
"""

import importlib.util
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

Payload = Mapping[str, Any]
Checker = Callable[[Payload], None]


def checkers() -> dict[str, Checker]:
    """The checkers that are installed, by name; each raises ValueError with what is wrong."""
    found: dict[str, Checker] = {"slack_sdk.models": check_by_sdk}
    if importlib.util.find_spec("slackblocks"):
        found["slackblocks"] = check_by_slackblocks
    return found


def complaints(payload: Payload) -> Iterator[str]:
    """What any checker finds wrong with the payload of a `chat.postMessage`."""
    for name, check in checkers().items():
        try:
            check(payload)
        except ValueError as fault:
            yield f"{name}: {fault}"


def check_by_sdk(payload: Payload) -> None:
    """Every block is of a known type, and keeps to its limits. Raises ValueError."""
    blocks = list(_blocks(payload))
    for block in blocks:
        parsed = Block.parse(block)  # None for a type that it does not know
        if parsed is None or type(parsed) is Block:
            raise ValueError(f"an unknown type of block: {block.get('type')!r}")
        try:
            parsed.validate_json()
        except SlackObjectFormationError as error:
            raise ValueError(str(error)) from error
    if len(blocks) > 50 or not payload.get("text"):
        raise ValueError("more than 50 blocks, or no text to fall back on")


def check_by_slackblocks(payload: Payload) -> None:
    """The whole message can be built from its parts. Raises ValueError."""
    import slackblocks  # noqa: PLC0415  only where it is installed

    try:
        attachments = [
            slackblocks.Attachment(
                blocks=[slackblocks.Block.from_dict(block) for block in attachment.get("blocks", ())],
                color=attachment.get("color"),
                fallback=attachment.get("fallback"),
            )
            for attachment in payload.get("attachments", ())
        ]
        blocks = [slackblocks.Block.from_dict(block) for block in payload.get("blocks", ())]
        slackblocks.Message(
            channel=payload["channel"], text=payload["text"], blocks=blocks, attachments=attachments
        ).to_dict()
    except Exception as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def _blocks(payload: Payload) -> Iterator[dict[str, Any]]:
    yield from payload.get("blocks", ())
    for attachment in payload.get("attachments", ()):
        yield from attachment.get("blocks", ())
