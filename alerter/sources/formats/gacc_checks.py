"""Whether a table of China's customs adds up. Pure; between reading a table and believing it.

Pages have been published with their figures one column to the left of their headers and a blank cell at the
end of each row, so that their widths gave nothing away. What each check catches stands with it.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from alerter.sources.formats.cells import read_number
from alerter.sources.formats.gacc_tables import Column, Flow, Line, RefusedPage, Span, Table, What, key

_PRINTED = Decimal("0.1")
"""Changes are printed with one decimal."""
Bounds = tuple[Decimal, Decimal]
Allowed = Callable[[Line], Bounds | None]


def check_table(table: Table) -> None:
    """Raises RefusedPage, which names the row and the figures that contradict each other."""
    if not table.lines:
        raise RefusedPage("has no rows of figures")
    for check in (_units, _empty_columns, _quantities, _flows, _spans, _totals):
        check(table)
    _changes(table, "is not that of the figures beside it", _change_from_levels)
    _changes(table, "is not between those of exports and imports", _change_between)


def _units(table: Table) -> None:
    """A number where a unit belongs: the figures have moved left."""
    for line in table.lines:
        if read_number(line.unit) is not None:
            raise RefusedPage(f"does not add up: the unit of {line.label!r} reads {line.unit!r}")


def _empty_columns(table: Table) -> None:
    """A header with nothing below it in any row: the figures stand below others."""
    for column in table.columns:
        if all(column.index in line.blank for line in table.lines):
            raise RefusedPage(f"does not add up: there is nothing below {column.header!r}")


def _quantities(table: Table) -> None:
    """A quantity without a value: what is sold has a value, and only some of it a quantity."""
    for quantity in _of(table, what="quantity"):
        for value in _of(table, what="value", span=quantity.span):
            for line in table.lines:
                stated = line.figures[quantity.index]
                if stated is not None and line.figures[value.index] is None:
                    raise RefusedPage(
                        f"does not add up: {line.label!r} has the quantity {stated:,} ({quantity.header}) "
                        "and no value"
                    )


def _flows(table: Table) -> None:
    """Exports and imports are the total, but for rounding."""
    for total in _of(table, flow="total"):
        exports = _of(table, flow="export", span=total.span)
        imports = _of(table, flow="import", span=total.span)
        columns = [*exports[:1], *imports[:1], total]
        rounding = _rounding(table, columns)
        for line, (sent, got, both) in _stated(table, columns, count=3):
            if abs(sent + got - both) > rounding:
                raise RefusedPage(
                    f"does not add up: {line.label!r} has exports of {sent:,} and imports of {got:,}, "
                    f"but {both:,} in all ({total.header})"
                )


def _spans(table: Table) -> None:
    """No month is more than the year to date."""
    for month in _of(table, span="month"):
        for to_date in _of(table, span="to_date", what=month.what, flow=month.flow):
            columns = [month, to_date]
            rounding = _rounding(table, columns)
            for line, (of_month, so_far) in _stated(table, columns, count=2):
                if of_month > so_far + rounding:
                    raise RefusedPage(
                        f"does not add up: {line.label!r} has {of_month:,} for the month and {so_far:,} "
                        f"for the year to date ({to_date.header})"
                    )


def _totals(table: Table) -> None:
    """No country is more than all of them."""
    total = next((line for line in table.lines if key(line.label) in {"total", "gross total"}), None)
    if total is None or table.has_units:
        return
    for column in (column for column in table.columns if column.is_level):
        whole, rounding = total.figures[column.index], 2 * _rounding(table, [column])
        for line, (part,) in _stated(table, [column], count=1):
            if whole is not None and part > whole + rounding:
                raise RefusedPage(
                    f"does not add up: {line.label!r} has {part:,} of a total of {whole:,} ({column.header})"
                )


def _changes(table: Table, words: str, allowed: Callable[[Table, Column], Allowed | None]) -> None:
    """Stated changes that lie outside of what the other columns allow, in most rows: those have moved.

    A few may be the publisher's own: changes are computed from figures that were revised since.
    """
    odd: list[str] = []
    compared = 0
    for column in (column for column in table.columns if column.is_change):
        bounds_of = allowed(table, column)
        for line in table.lines if bounds_of else ():
            stated, bounds = line.figures[column.index], bounds_of(line) if bounds_of else None
            if stated is None or bounds is None:
                continue
            compared += 1
            if not bounds[0] - _PRINTED <= stated <= bounds[1] + _PRINTED:
                odd.append(f"the change of {stated:,} % for {line.label!r} ({column.header})")
    if 2 * len(odd) > compared:
        raise RefusedPage(f"does not add up: {odd[0]} {words}, and so with {len(odd)} of {compared}")


def _change_from_levels(table: Table, change: Column) -> Allowed | None:
    """Between what a change must lie, by this year's and last year's figures as they are rounded."""
    now = _of(table, span="to_date", what=change.what, flow=change.flow)
    then = [one for one in table.columns if one.year and one.what == change.what and not one.is_change]
    if len(now) != 1 or len(then) != 1:
        return None
    half, half_then = _rounding(table, now), _rounding(table, then)

    def bounds(line: Line) -> Bounds | None:
        this, last = line.figures[now[0].index], line.figures[then[0].index]
        if this is None or last is None or last <= 2 * half_then:
            return None
        low, high = (this - half) / (last + half_then), (this + half) / (last - half_then)
        return (low - 1) * 100, (high - 1) * 100

    return bounds


def _change_between(table: Table, change: Column) -> Allowed | None:
    """The change of exports and imports together lies between those of each."""
    parts = [one for one in table.columns if one.is_change and one.flow in {"export", "import"}]
    if change.flow != "total" or len(parts) != 2:
        return None

    def bounds(line: Line) -> Bounds | None:
        stated = [figure for one in parts if (figure := line.figures[one.index]) is not None]
        return (min(stated), max(stated)) if len(stated) == 2 else None

    return bounds


def _of(
    table: Table, *, what: What | None = None, flow: Flow | None = None, span: Span | None = None
) -> list[Column]:
    """Columns of this year's levels with these traits; None = any."""
    return [
        column
        for column in table.columns
        if column.is_level
        and what in {None, column.what}
        and flow in {None, column.flow}
        and span in {None, column.span}
    ]


def _stated(
    table: Table, columns: Sequence[Column], *, count: int
) -> Iterable[tuple[Line, Sequence[Decimal]]]:
    """The rows with figures in all of the columns; none unless there are so many columns."""
    for line in table.lines if len(columns) == count else ():
        figures = [figure for column in columns if (figure := line.figures[column.index]) is not None]
        if len(figures) == count:
            yield line, figures


def _rounding(table: Table, columns: Iterable[Column]) -> Decimal:
    """How far figures that are printed with so many decimals may be off, one of each column together."""
    return sum((_step(table, column) / 2 for column in columns), Decimal(0))


def _step(table: Table, column: Column) -> Decimal:
    """The last place that the column's figures are printed to."""
    printed = [figure for line in table.lines if (figure := line.figures[column.index]) is not None]
    return Decimal(1).scaleb(min((_exponent(figure) for figure in printed), default=0))


def _exponent(figure: Decimal) -> int:
    exponent = figure.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
