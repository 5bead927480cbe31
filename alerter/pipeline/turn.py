"""One turn of the evaluator: load what the signals and timers need, judge, step, and draft the commit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from alerter.core.alert import Evidence
from alerter.core.reading import ReadSignal
from alerter.core.series import Series, Vintage
from alerter.pipeline.draft import Draft
from alerter.pipeline.rulebook import Candidate, Finding, Rulebook, Surprise, series_of, vintage_of
from alerter.pipeline.stories import Stories, keys_of, openings_of
from alerter.rules.base import Facts
from alerter.store.protocol import Judgements, Timer

DUE_LIMIT = 400
"""A turn stops taking signals once this much is due, so that its commit stays bounded."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules said of one signal, and what it adds to stories and series."""

    candidate: Candidate
    findings: list[Finding]
    story: str
    new_stories: Mapping[str, str]
    vintage: Vintage | None
    tripped: frozenset[str] = frozenset()
    """Rules that could not say anything of it."""


@dataclass(slots=True)
class Turn:
    """Signals and timers through the rules into a draft, all of them judged at `now`."""

    rulebook: Rulebook
    state: Judgements
    on_surprise: Surprise
    now: datetime
    draft: Draft = field(init=False)

    def __post_init__(self) -> None:
        self.draft = Draft(self.rulebook.dispatch)

    async def run(self, entries: Sequence[tuple[str, ReadSignal]], timers: Sequence[Timer]) -> int:
        """Draft everything that follows; how many of the entries were taken. Raises StoreError."""
        candidates = [self.rulebook.candidate(position, read) for position, read in entries]
        await self._load_touched(candidates)
        judged = await self._judge(candidates)
        await self._load_alerts(judged, timers)
        for timer in timers:
            self.draft.take_timer(timer, self.now)
        taken = self._take(judged)
        await self._load_repeats()
        self.draft.gather_repeats()
        return taken

    async def say(self, found: Sequence[tuple[Finding, Evidence]]) -> None:
        """Draft what follows from findings that rest on no signal. Raises StoreError."""
        self.draft.alerts |= await self.state.alerts(sorted({finding.fingerprint for finding, _ in found}))
        for finding, evidence in found:
            self.draft.take_finding(finding, evidence, self.now)
        await self._load_repeats()
        self.draft.gather_repeats()

    async def _judge(self, candidates: Sequence[Candidate]) -> list[Judged]:
        touched = [one.read for one in candidates if one.rules]
        told = {e.identity: e.story for alert in self.draft.alerts.values() for e in alert.evidence}
        stories = Stories(await self._known_stories(touched), told)
        series = await self._known_series([one.read for one in candidates])
        return [self._judge_one(one, stories, series) for one in candidates]

    async def _known_stories(self, reads: Iterable[ReadSignal]) -> Mapping[str, str]:
        keys = {key for read in reads for key in keys_of(read)}
        known = await self.state.stories(sorted(keys)) if keys else {}
        openings = openings_of(known)
        return {**known, **await self.state.stories(openings)} if openings else known

    async def _known_series(self, reads: Iterable[ReadSignal]) -> dict[str, Series]:
        ids = {read.record.signal.observation.series for read in reads if read.record.signal.observation}
        return dict(await self.state.series(sorted(ids))) if ids else {}

    def _judge_one(self, candidate: Candidate, stories: Stories, series: dict[str, Series]) -> Judged:
        read, at = candidate.read, self.now
        extended = series_of(read, series.get(_series_id(read)))
        if extended:
            series[extended.id] = extended
        vintage = vintage_of(read)
        if not candidate.rules:
            return Judged(candidate, [], "", {}, vintage)
        story, new_stories = stories.join(read, at)
        facts = Facts(
            read=read,
            normalised=candidate.normalised,
            story=story,
            now=at,
            series={extended.id: extended} if extended else {},
            world=self.rulebook.world,
        )
        tripped: set[str] = set()

        def on_surprise(rule: str, read: ReadSignal, fault: Exception) -> None:
            tripped.add(rule)
            self.on_surprise(rule, read, fault)

        findings = self.rulebook.judge(candidate, facts, on_surprise)
        if findings:
            stories.remember(read, story)
        kept = new_stories if findings else {}
        return Judged(candidate, findings, story, kept, vintage, frozenset(tripped))

    async def _load_touched(self, candidates: Sequence[Candidate]) -> None:
        """The alerts that earlier versions of these signals touched."""
        records = [one.read.record for one in candidates if one.read.record.version > 1]
        if not records:
            return
        touched = await self.state.touched([record.identity for record in records])
        self.draft.touching |= {identity: set(names) for identity, names in touched.items()}
        self.draft.alerts |= await self.state.alerts(sorted(set().union(*touched.values())))

    async def _load_alerts(self, judged: Sequence[Judged], timers: Sequence[Timer]) -> None:
        draft = self.draft
        repeating = [timer.subject for timer in timers if timer.name == "repeat"]
        if repeating:
            draft.repeats |= await self.state.repeats(repeating)
        names = {finding.fingerprint for one in judged for finding in one.findings}
        names |= {timer.subject for timer in timers if timer.name != "repeat"}
        names |= {name for repeat in draft.repeats.values() for name in repeat.fingerprints}
        missing = sorted(names - set(draft.alerts))
        if missing:
            draft.alerts |= await self.state.alerts(missing)

    def _take(self, judged: Sequence[Judged]) -> int:
        for taken, one in enumerate(judged):
            if len(self.draft.due) >= DUE_LIMIT:
                return taken
            read = one.candidate.read
            self.draft.take_signal(read, one.findings, one.story, self.now, spared=one.tripped)
            self.draft.stories |= one.new_stories
            self.draft.vintages += [one.vintage] if one.vintage else []
        return len(judged)

    async def _load_repeats(self) -> None:
        """Repeats of the groups whose conditions changed in this turn."""
        changed = [t.alert for t in self.draft.transitions if t.alert.nature == "condition"]
        groups = {group.id for alert in changed for _, group in self.draft.dispatch.groups(alert)}
        missing = sorted(groups - set(self.draft.repeats))
        if missing:
            self.draft.repeats |= await self.state.repeats(missing)


def _series_id(read: ReadSignal) -> str:
    observation = read.record.signal.observation
    return observation.series if observation else ""
