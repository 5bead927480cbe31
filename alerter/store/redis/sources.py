"""Sources in Redis: due in domain time, held back in the server's, fenced by an epoch per claim."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from alerter.core.health import SourceHealth, with_heard
from alerter.store.protocol import Enrolment, Fenced, SourceClaim
from alerter.store.redis.claims import KnownClaims
from alerter.store.redis.client import Argument, Client
from alerter.store.redis.encoding import instant, microseconds, milliseconds

HEARD = "sources:heard"
"""When each source that pushes last brought something new."""


class RedisSources:
    """The protocol's `Sources`."""

    def __init__(self, client: Client, claims: KnownClaims) -> None:
        self._client = client
        self._claims = claims
        self._read: dict[str, tuple[str, SourceHealth]] = {}
        """Each source's health as it was read last, and what it was read from: most stay the same."""

    async def enrol(self, sources: Mapping[str, Enrolment]) -> None:
        """Schedule these sources and no others."""
        rows: list[Argument] = []
        for source, enrolment in sources.items():
            due = "" if enrolment.due is None else microseconds(enrolment.due)
            health = enrolment.health.model_dump_json() if enrolment.health else ""
            rows += (source, due, enrolment.signature, health)
        await self._client.run("enrol", *rows, repeatable=True)

    async def claim(self, process: str, now: datetime, limit: int) -> Sequence[SourceClaim]:
        """Claim sources that are due and not held back, the longest due first."""
        async with self._claims.claiming(process):
            rows = await self._client.run("claim_sources", process, microseconds(now), limit)
            claims = [_claim(*row) for row in rows]
            self._claims.add(process, (claim.source for claim in claims))
        return claims

    async def postpone(
        self, claim: SourceClaim, due: datetime, hold: timedelta, health: SourceHealth
    ) -> None:
        """End a claim without progress. When it fails, the process's next `claim` gives it up."""
        times = (microseconds(due), milliseconds(hold))
        with self._claims.ending(claim.source):
            answer = await self._client.run(
                "postpone", claim.source, claim.epoch, *times, health.model_dump_json()
            )
        self._claims.drop(claim.source)
        if answer == "fenced":
            raise Fenced(f"the claim on source {claim.source} has ended")

    async def hasten(self, source: str, now: datetime) -> None:
        """Make a scheduled source due now; a hold that its last failure earned still stands."""
        await self._client.run("hasten", source, microseconds(now), repeatable=True)

    async def next_due(self, now: datetime) -> timedelta | None:
        """How long until something is due or a hold ends."""
        due, hold, claimed = await self._client.run("next_source", repeatable=True)
        waits = [timedelta.max] if claimed else []
        if due:
            waits.append(instant(due) - now)
        if hold:
            waits.append(timedelta(milliseconds=int(hold)))
        return min(waits, default=None)

    async def cursor(self, source: str) -> str | None:
        """Where the source's last poll ended."""
        answer: str | None = await self._client.ask("HGET", self._client.key("polls:cursor"), source)
        return answer

    async def health(self) -> Mapping[str, SourceHealth]:
        """Health of every source that was polled, enrolled with one or has pushed, and is not forgotten."""
        bodies = await self._client.ask("HGETALL", self._client.key("polls:health"))
        heard = await self._client.ask("ZRANGE", self._client.key(HEARD), 0, -1, "WITHSCORES")
        self._read = {source: (body, self._health(source, body)) for source, body in _pairs(bodies)}
        known = {source: health for source, (_, health) in self._read.items()}
        return with_heard(known, {source: instant(at) for source, at in _pairs(heard)})

    async def tidy(self, before: datetime) -> None:
        """Forget who has only pushed, and not since then, and what was polled then and is no source now."""
        oldest = f"({microseconds(before)}"
        await self._client.ask("ZREMRANGEBYSCORE", self._client.key(HEARD), "-inf", oldest)
        for source, health in (await self.health()).items():
            if health.last_poll_at and health.last_poll_at < before:
                await self._client.run("forget_source", source, repeatable=True)

    def _health(self, source: str, body: str) -> SourceHealth:
        """The health, read anew only where it has changed."""
        last = self._read.get(source)
        return last[1] if last and last[0] == body else SourceHealth.model_validate_json(body)


def _claim(source: str, epoch: int, cursor: str | None, health: str | None) -> SourceClaim:
    known = SourceHealth.model_validate_json(health) if health else None
    return SourceClaim(source, int(epoch), cursor, known)


def _pairs(flat: Sequence[str]) -> Iterator[tuple[str, str]]:
    return zip(flat[::2], flat[1::2], strict=True)
