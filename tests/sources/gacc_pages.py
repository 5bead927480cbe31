"""Pages in the shape of China's customs tables, with figures made up for the purpose."""

from collections.abc import Mapping, Sequence

Cells = Sequence[object]


def table_page(title: str, unit: str, head: str, rows: Sequence[Cells], *, date: str = "2026/04/08") -> str:
    """A page with one table below its title, as the office lays it out."""
    body = "".join(
        f"<tr>{''.join(f'<td><span>{cell}&nbsp;</span></td>' for cell in row)}</tr>" for row in rows
    )
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title></head><body>"
        f'<table><tr><td>Menu</td></tr></table><div class="atcl-date">{date}</div><table>'
        f'<tr><td colspan="10"><b>{title}</b></td></tr><tr><td colspan="10">Unit: {unit}</td></tr>'
        f'{head}{body}<tr><td colspan="10">Note: 1. Made up</td></tr></table></body></html>'
    )


def by_country(
    when: str,
    month: int,
    rows: Mapping[str, tuple[float, float]],
    *,
    other: Cells = (),
    date: str = "2024/04/08",
) -> str:
    """Exports and imports by country: the month's, and ten times as much for the year to date."""
    to_date = f"1- to-{month}"
    names = ("Export &amp; Import", "Export &amp; Import", "Export", "Export", "Import", "Import")
    head = _row("Import Source", *names, _wide(f"1-to-{month} Total Year-on-Year (±%)", 3)) + _row(
        "Export Destination", *(str(month), to_date) * 3, "Export &amp; Import", "Export", "Import"
    )
    total = [sum(flows) for flows in zip((5_000, 4_000), *rows.values(), strict=True)]
    lines = [_country(name, *flows) for name, flows in {"Total": total, **rows}.items()]
    return table_page(
        f"(4) Values by Country/Region, {when} (in CNY)",
        "CNY 100 Million",
        head,
        [*lines, *([other] if other else [])],
        date=date,
    )


def january_february(rows: Mapping[str, tuple[float, float]]) -> str:
    """The page that gives two months as one."""
    head = _row(
        "Import Source", "Export &amp; Import", "Export", "Import", _wide("1-to-2 Total Year-on-Year (±%)", 3)
    ) + _row("Export Destination", "1- to-2", "1-to-2", "1-to-2", "Export &amp; Import", "Export", "Import")
    lines = [(name, sent + got, sent, got, "1.0", "1.5", "0.5") for name, (sent, got) in rows.items()]
    title = "(4) Values by Country/Region, January-February 2025 (in CNY)"
    return table_page(title, "CNY 100 Million", head, lines)


def commodities(
    rows: Sequence[Cells], *, when: str = "April 2025", month: int = 4, currency: str = "USD", unit: str = ""
) -> str:
    """Exports by commodity: label, unit, then quantity and value of the month, the year to date, last year's
    and the change."""
    spans = (f"{month}", f"1-{month} Total", f"1-{month} Total,2024", f"1-{month} Total, Year-On-Year(%)")
    head = _row(_tall("Commodity"), _tall("Quantity Unit"), *(_wide(span, 2) for span in spans)) + _row(
        *("Quantity", "Value") * 4
    )
    title = f"(5) Exports by Quantity and Value, {when} (in {currency})"
    return table_page(title, unit or f"{currency}1 Million", head, rows)


def index(tables: Mapping[str, Mapping[str, str]], years: Sequence[int] = ()) -> str:
    """A year's list of tables: title → month → address, with hrefs as the office writes them."""
    options = "".join(f'<option value="{year}">{year}</option>' for year in years)
    rows = "".join(
        f"<tr><td>{title}</td><td><span>Jan.</span>"
        + "".join(f"<a href={address}> {month.title()}.</a>" for month, address in months.items())
        + "</br><span>Dec.</span></td></tr>"
        for title, months in tables.items()
    )
    return (
        f"<html><head><title>Statistics</title></head><body><select>{options}</select><table><thead><tr>"
        f"<th>Title</th><th>Month</th></tr></thead><tbody>{rows}</tbody></table></body></html>"
    )


def _country(name: str, sent: float, got: float) -> Cells:
    figures = (sent + got, 10 * (sent + got), sent, 10 * sent, got, 10 * got)
    return (name, *(f"{figure:,.1f}" for figure in figures), "1.0", "1.5", "0.5")


def _row(*cells: str) -> str:
    return f"<tr>{''.join(cell if cell.startswith('<td') else f'<td>{cell}</td>' for cell in cells)}</tr>"


def _wide(text: str, columns: int) -> str:
    return f'<td colspan="{columns}"><b>{text}</b></td>'


def _tall(text: str) -> str:
    return f'<td rowspan="2"><b>{text}</b></td>'
