"""Addresses that lead inside, each with the weakness that it tries (CWE, see cwe.mitre.org)."""

from dataclasses import dataclass

PUBLIC = "8.8.8.8"
"""Stands for every address of the public internet; the tests lead it to a host of their own on loopback."""
PUBLIC_HOST = "public.example"
SSRF = "CWE-918"

NAMES: dict[str, tuple[str, ...]] = {
    PUBLIC_HOST: (PUBLIC,),
    "localhost": ("127.0.0.1", "::1"),
    "localhost.localdomain": ("127.0.0.1",),
    "any.localhost": ("127.0.0.1",),
    "loopback.example": ("127.0.0.1",),
    "intranet.example": ("10.1.2.3",),
    "metadata.example": ("169.254.169.254",),
    "metadata6.example": ("fd00:ec2::254",),
    "mapped.example": ("::ffff:10.0.0.1",),
    "nat64.example": ("64:ff9b::7f00:1",),
    "mixed.example": ("10.0.0.1", PUBLIC),
}
"""What the name service of these tests knows."""


@dataclass(frozen=True, slots=True)
class Address:
    """One address and what it tries."""

    name: str
    cwe: str
    url: str
    judged_by_name: bool = True
    """Can it be refused without asking the name service? So it must be where a proxy would resolve it."""


ADDRESSES = (
    Address("loopback", SSRF, "http://127.0.0.1/"),
    Address("another loopback", SSRF, "http://127.53.0.9/"),
    Address("this host", SSRF, "http://0.0.0.0/"),
    Address("private 10", SSRF, "http://10.0.0.1/"),
    Address("private 172", SSRF, "http://172.31.255.1/"),
    Address("private 192", SSRF, "http://192.168.0.1/"),
    Address("carrier-grade NAT", SSRF, "http://100.64.0.1/"),
    Address("cloud metadata", SSRF, "http://169.254.169.254/latest/meta-data/"),
    Address("cloud host agent", SSRF, "http://168.63.129.16/"),
    Address("multicast", SSRF, "http://224.0.0.1/"),
    Address("broadcast", SSRF, "http://255.255.255.255/"),
    Address("decimal", "CWE-1389", "http://2130706433/"),
    Address("octal", "CWE-1389", "http://0177.0.0.1/"),
    Address("octal and long", "CWE-1389", "http://00000177.0.0.1/"),
    Address("hexadecimal", "CWE-1389", "http://0x7f000001/"),
    Address("hexadecimal by parts", "CWE-1389", "http://0xa9.0xfe.0xa9.0xfe/"),
    Address("two parts", "CWE-1389", "http://127.1/"),
    Address("three parts", "CWE-1389", "http://10.0.1/"),
    Address("trailing dot", "CWE-1289", "http://127.0.0.1./"),
    Address("IPv6 loopback", SSRF, "http://[::1]/"),
    Address("IPv6 unspecified", SSRF, "http://[::]/"),
    Address("IPv4-mapped", "CWE-1289", "http://[::ffff:127.0.0.1]/"),
    Address("IPv4-mapped in hexadecimal", "CWE-1289", "http://[::ffff:a9fe:a9fe]/"),
    Address("IPv4-compatible", "CWE-1289", "http://[::127.0.0.1]/"),
    Address("IPv4-translated", "CWE-1289", "http://[::ffff:0:7f00:1]/"),
    Address("NAT64", "CWE-1289", "http://[64:ff9b::a9fe:a9fe]/"),
    Address("local NAT64", "CWE-1289", "http://[64:ff9b:1::a00:1]/"),
    Address("6to4", "CWE-1289", "http://[2002:7f00:1::]/"),
    Address("Teredo", "CWE-1289", "http://[2001:0:7f00:1::]/"),
    Address("unique local", SSRF, "http://[fd00:ec2::254]/"),
    Address("link local", SSRF, "http://[fe80::1]/"),
    Address("link local with a zone", SSRF, "http://[fe80::1%25lo]/"),
    Address("site local", SSRF, "http://[fec0::1]/"),
    Address("IPv6 multicast", SSRF, "http://[ff02::1]/"),
    Address("full-width digits", "CWE-176", "http://１２７.0.0.1/"),
    Address("ideographic full stops", "CWE-176", "http://127。0。0。1/"),
    Address("circled digits", "CWE-176", "http://①②⑦.⓪.⓪.①/"),
    Address("escaped digits", "CWE-177", "http://%31%32%37.0.0.1/"),
    Address("localhost", SSRF, "http://localhost/"),
    Address("LOCALHOST with a dot", "CWE-178", "http://LOCALHOST./"),
    Address("under localhost", SSRF, "http://any.localhost/"),
    Address("localdomain", SSRF, "http://localhost.localdomain/"),
    Address("a bare name", SSRF, "http://redis:6379/"),
    Address("a cloud's own name", SSRF, "http://metadata.google.internal/computeMetadata/v1/"),
    Address("a good user", "CWE-20", "http://public.example@127.0.0.1/"),
    Address("a good user and password", "CWE-20", "http://public.example:80@127.0.0.1/"),
    Address("a fragment", "CWE-20", "http://127.0.0.1#@public.example/"),
    Address("a backslash", "CWE-20", "http://127.0.0.1\\@public.example/", judged_by_name=False),
    Address("a backslash in the path", "CWE-20", "http://127.0.0.1\\.public.example/"),
    Address("a tab in the host", "CWE-20", "http://127.0.\t0.1/"),
    Address("a name for loopback", SSRF, "http://loopback.example/", judged_by_name=False),
    Address("a name for the intranet", SSRF, "http://intranet.example/", judged_by_name=False),
    Address("a name for metadata", SSRF, "http://metadata.example/", judged_by_name=False),
    Address("a name for IPv6 metadata", SSRF, "http://metadata6.example/", judged_by_name=False),
    Address("a name for a mapped address", SSRF, "http://mapped.example/", judged_by_name=False),
    Address("a name for a translated address", SSRF, "http://nat64.example/", judged_by_name=False),
    Address("a name for two", SSRF, "http://mixed.example/", judged_by_name=False),
)

REDIRECTS = (
    Address("to a file", SSRF, "file:///etc/passwd"),
    Address("to FTP", SSRF, "ftp://public.example/"),
    Address("to Gopher", SSRF, "gopher://127.0.0.1:6379/_FLUSHALL"),
    Address("to a dictionary", SSRF, "dict://127.0.0.1:11211/stats"),
    Address("to data", SSRF, "data:text/xml,<rss/>"),
    Address("to a script", SSRF, "javascript:alert(1)"),
    Address("without a scheme", SSRF, "//127.0.0.1/"),
    Address("without slashes", "CWE-20", "http:127.0.0.1"),
    Address("to itself", "CWE-835", "http://public.example/"),
    Address("with a line break", "CWE-113", "http://public.example/%0d%0aSet-Cookie:%20a=b"),
    Address("to an endless address", "CWE-400", "http://public.example/" + "a" * 7_000),
    Address("to nowhere", "CWE-20", "http://[::1"),
    Address("to port 0", "CWE-20", "http://127.0.0.1:0/"),
)
"""Where a public host may redirect to, besides all of the above."""
