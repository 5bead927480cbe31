"""The elements that notices speak of, by their Chinese names."""

from collections.abc import Mapping

_NAMES = """
    钪 scandium 钇 yttrium 镧 lanthanum 铈 cerium 镨 praseodymium 钕 neodymium 钷 promethium 钐 samarium
    铕 europium 钆 gadolinium
    铽 terbium 镝 dysprosium 钬 holmium 铒 erbium 铥 thulium 镱 ytterbium 镥 lutetium
    镓 gallium 锗 germanium 锑 antimony 钨 tungsten 碲 tellurium 铋 bismuth 钼 molybdenum 铟 indium 钴 cobalt
    锂 lithium 铍 beryllium 镁 magnesium 钛 titanium 钒 vanadium 铬 chromium 锰 manganese 镍 nickel 铜 copper
    锌 zinc 锆 zirconium 铌 niobium 铪 hafnium 钽 tantalum 铼 rhenium 铀 uranium 锡 tin 铝 aluminium
    铂 platinum 钯 palladium 铑 rhodium 钌 ruthenium 铱 iridium 锇 osmium 铊 thallium 硒 selenium 砷 arsenic
    铯 caesium 铷 rubidium 锶 strontium 氦 helium 氖 neon 氪 krypton 氙 xenon
"""
_PAIRS = _NAMES.split()
CHINESE_ELEMENTS: Mapping[str, str] = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))
"""Chinese name → English name."""
