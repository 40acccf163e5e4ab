"""The functions, types and resources of WASI 0.2 that a component may import, for comparison with its own.

The patch versions of WASI 0.2 add functions, and change none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

SHORT: Mapping[str, str] = {
    "FS-ERROR": (
        "enum(access would-block already bad-descriptor busy deadlock quota exist file-too-large "
        "illegal-byte-sequence in-progress interrupted invalid io is-directory loop too-many-links message-size "
        "name-too-long no-device no-entry no-lock insufficient-memory insufficient-space not-directory not-empty "
        "not-recoverable unsupported no-tty no-such-device overflow not-permitted pipe read-only invalid-seek "
        "text-file-busy cross-device)"
    ),
    "NET-ERROR": (
        "enum(unknown access-denied not-supported invalid-argument out-of-memory timeout concurrency-conflict "
        "not-in-progress would-block invalid-state new-socket-limit address-not-bindable address-in-use "
        "remote-unreachable connection-refused connection-reset connection-aborted datagram-too-large "
        "name-unresolvable temporary-resolver-failure permanent-resolver-failure)"
    ),
    "STREAM-ERROR": "variant(last-operation-failed=own<error> closed=_)",
    "DATETIME": "record(seconds=u64 nanoseconds=u32)",
    "KIND": "enum(unknown block-device character-device directory fifo symbolic-link regular-file socket)",
    "FLAGS": "flags(read write file-integrity-sync data-integrity-sync requested-write-sync mutate-directory)",
    "FOLLOW": "flags(symlink-follow)",
    "OPEN": "flags(create directory exclusive truncate)",
    "ADVICE": "enum(normal sequential random will-need dont-need no-reuse)",
    "HASH": "record(lower=u64 upper=u64)",
    "DATAGRAMS": "tuple(own<incoming-datagram-stream> own<outgoing-datagram-stream>)",
    "FAMILY": "enum(ipv4 ipv6)",
    "IPV4": "tuple(u8 u8 u8 u8)",
    "IPV6": "tuple(u16 u16 u16 u16 u16 u16 u16 u16)",
    "IP-ADDRESS": "variant(ipv4=IPV4 ipv6=IPV6)",
    "SOCKET-ADDRESS": (
        "variant(ipv4=record(port=u16 address=IPV4) ipv6=record(port=u16 flow-info=u32 address=IPV6 scope-id=u32))"
    ),
    "NEW-TIME": "variant(no-change=_ now=_ timestamp=DATETIME)",
    "STAT": (
        "record(type=KIND link-count=u64 size=u64 data-access-timestamp=option<DATETIME> "
        "data-modification-timestamp=option<DATETIME> status-change-timestamp=option<DATETIME>)"
    ),
    "OUTGOING": "record(data=list<u8> remote-address=option<SOCKET-ADDRESS>)",
    "INCOMING": "record(data=list<u8> remote-address=SOCKET-ADDRESS)",
}
"""Abbreviations in `WASI`. Later ones contain earlier ones."""
_INTERFACES = """
wasi:io/error
  error
    to-debug-string() -> string
wasi:io/poll
  pollable
    ready() -> bool
    block() -> _
  poll(list<borrow<pollable>>) -> list<u32>
wasi:io/streams
  input-stream
    read(u64) -> result<list<u8> STREAM-ERROR>
    blocking-read(u64) -> result<list<u8> STREAM-ERROR>
    skip(u64) -> result<u64 STREAM-ERROR>
    blocking-skip(u64) -> result<u64 STREAM-ERROR>
    subscribe() -> own<pollable>
  output-stream
    check-write() -> result<u64 STREAM-ERROR>
    write(list<u8>) -> result<_ STREAM-ERROR>
    blocking-write-and-flush(list<u8>) -> result<_ STREAM-ERROR>
    flush() -> result<_ STREAM-ERROR>
    blocking-flush() -> result<_ STREAM-ERROR>
    subscribe() -> own<pollable>
    write-zeroes(u64) -> result<_ STREAM-ERROR>
    blocking-write-zeroes-and-flush(u64) -> result<_ STREAM-ERROR>
    splice(borrow<input-stream> u64) -> result<u64 STREAM-ERROR>
    blocking-splice(borrow<input-stream> u64) -> result<u64 STREAM-ERROR>
wasi:filesystem/types
  descriptor
    read-via-stream(u64) -> result<own<input-stream> FS-ERROR>
    write-via-stream(u64) -> result<own<output-stream> FS-ERROR>
    append-via-stream() -> result<own<output-stream> FS-ERROR>
    advise(u64 u64 ADVICE) -> result<_ FS-ERROR>
    sync-data() -> result<_ FS-ERROR>
    get-flags() -> result<FLAGS FS-ERROR>
    get-type() -> result<KIND FS-ERROR>
    set-size(u64) -> result<_ FS-ERROR>
    set-times(NEW-TIME NEW-TIME) -> result<_ FS-ERROR>
    read(u64 u64) -> result<tuple(list<u8> bool) FS-ERROR>
    write(list<u8> u64) -> result<u64 FS-ERROR>
    read-directory() -> result<own<directory-entry-stream> FS-ERROR>
    sync() -> result<_ FS-ERROR>
    create-directory-at(string) -> result<_ FS-ERROR>
    stat() -> result<STAT FS-ERROR>
    stat-at(FOLLOW string) -> result<STAT FS-ERROR>
    set-times-at(FOLLOW string NEW-TIME NEW-TIME) -> result<_ FS-ERROR>
    link-at(FOLLOW string borrow<descriptor> string) -> result<_ FS-ERROR>
    open-at(FOLLOW string OPEN FLAGS) -> result<own<descriptor> FS-ERROR>
    readlink-at(string) -> result<string FS-ERROR>
    remove-directory-at(string) -> result<_ FS-ERROR>
    rename-at(string borrow<descriptor> string) -> result<_ FS-ERROR>
    symlink-at(string string) -> result<_ FS-ERROR>
    unlink-file-at(string) -> result<_ FS-ERROR>
    is-same-object(borrow<descriptor>) -> bool
    metadata-hash() -> result<HASH FS-ERROR>
    metadata-hash-at(FOLLOW string) -> result<HASH FS-ERROR>
  directory-entry-stream
    read-directory-entry() -> result<option<record(type=KIND name=string)> FS-ERROR>
  filesystem-error-code(borrow<error>) -> option<FS-ERROR>
wasi:sockets/network
  network
  network-error-code(borrow<error>) -> option<NET-ERROR>
wasi:sockets/ip-name-lookup
  resolve-address-stream
    resolve-next-address() -> result<option<IP-ADDRESS> NET-ERROR>
    subscribe() -> own<pollable>
  resolve-addresses(borrow<network> string) -> result<own<resolve-address-stream> NET-ERROR>
wasi:sockets/tcp
  tcp-socket
    start-bind(borrow<network> SOCKET-ADDRESS) -> result<_ NET-ERROR>
    finish-bind() -> result<_ NET-ERROR>
    start-connect(borrow<network> SOCKET-ADDRESS) -> result<_ NET-ERROR>
    finish-connect() -> result<tuple(own<input-stream> own<output-stream>) NET-ERROR>
    start-listen() -> result<_ NET-ERROR>
    finish-listen() -> result<_ NET-ERROR>
    accept() -> result<tuple(own<tcp-socket> own<input-stream> own<output-stream>) NET-ERROR>
    local-address() -> result<SOCKET-ADDRESS NET-ERROR>
    remote-address() -> result<SOCKET-ADDRESS NET-ERROR>
    is-listening() -> bool
    address-family() -> FAMILY
    set-listen-backlog-size(u64) -> result<_ NET-ERROR>
    keep-alive-enabled() -> result<bool NET-ERROR>
    set-keep-alive-enabled(bool) -> result<_ NET-ERROR>
    keep-alive-idle-time() -> result<u64 NET-ERROR>
    set-keep-alive-idle-time(u64) -> result<_ NET-ERROR>
    keep-alive-interval() -> result<u64 NET-ERROR>
    set-keep-alive-interval(u64) -> result<_ NET-ERROR>
    keep-alive-count() -> result<u32 NET-ERROR>
    set-keep-alive-count(u32) -> result<_ NET-ERROR>
    hop-limit() -> result<u8 NET-ERROR>
    set-hop-limit(u8) -> result<_ NET-ERROR>
    receive-buffer-size() -> result<u64 NET-ERROR>
    set-receive-buffer-size(u64) -> result<_ NET-ERROR>
    send-buffer-size() -> result<u64 NET-ERROR>
    set-send-buffer-size(u64) -> result<_ NET-ERROR>
    subscribe() -> own<pollable>
    shutdown(enum(receive send both)) -> result<_ NET-ERROR>
wasi:sockets/udp
  udp-socket
    start-bind(borrow<network> SOCKET-ADDRESS) -> result<_ NET-ERROR>
    finish-bind() -> result<_ NET-ERROR>
    stream(option<SOCKET-ADDRESS>) -> result<DATAGRAMS NET-ERROR>
    local-address() -> result<SOCKET-ADDRESS NET-ERROR>
    remote-address() -> result<SOCKET-ADDRESS NET-ERROR>
    address-family() -> FAMILY
    unicast-hop-limit() -> result<u8 NET-ERROR>
    set-unicast-hop-limit(u8) -> result<_ NET-ERROR>
    receive-buffer-size() -> result<u64 NET-ERROR>
    set-receive-buffer-size(u64) -> result<_ NET-ERROR>
    send-buffer-size() -> result<u64 NET-ERROR>
    set-send-buffer-size(u64) -> result<_ NET-ERROR>
    subscribe() -> own<pollable>
  incoming-datagram-stream
    receive(u64) -> result<list<INCOMING> NET-ERROR>
    subscribe() -> own<pollable>
  outgoing-datagram-stream
    check-send() -> result<u64 NET-ERROR>
    send(list<OUTGOING>) -> result<u64 NET-ERROR>
    subscribe() -> own<pollable>
wasi:cli/terminal-input
  terminal-input
wasi:cli/terminal-output
  terminal-output
wasi:clocks/monotonic-clock
  now() -> u64
  resolution() -> u64
  subscribe-instant(u64) -> own<pollable>
  subscribe-duration(u64) -> own<pollable>
wasi:clocks/wall-clock
  now() -> DATETIME
  resolution() -> DATETIME
wasi:random/insecure-seed
  insecure-seed() -> tuple(u64 u64)
wasi:random/insecure
  get-insecure-random-bytes(u64) -> list<u8>
  get-insecure-random-u64() -> u64
wasi:random/random
  get-random-bytes(u64) -> list<u8>
  get-random-u64() -> u64
wasi:filesystem/preopens
  get-directories() -> list<tuple(own<descriptor> string)>
wasi:sockets/instance-network
  instance-network() -> own<network>
wasi:sockets/tcp-create-socket
  create-tcp-socket(FAMILY) -> result<own<tcp-socket> NET-ERROR>
wasi:sockets/udp-create-socket
  create-udp-socket(FAMILY) -> result<own<udp-socket> NET-ERROR>
wasi:cli/environment
  get-environment() -> list<tuple(string string)>
  get-arguments() -> list<string>
  initial-cwd() -> option<string>
wasi:cli/exit
  exit(result<_ _>) -> _
  exit-with-code(u8) -> _
wasi:cli/stdin
  get-stdin() -> own<input-stream>
wasi:cli/stdout
  get-stdout() -> own<output-stream>
wasi:cli/stderr
  get-stderr() -> own<output-stream>
wasi:cli/terminal-stdin
  get-terminal-stdin() -> option<own<terminal-input>>
wasi:cli/terminal-stdout
  get-terminal-stdout() -> option<own<terminal-output>>
wasi:cli/terminal-stderr
  get-terminal-stderr() -> option<own<terminal-output>>
"""
"""An interface is followed by its functions, and by its resources with their methods. A method's first parameter, the
borrowed resource, is left out. From the WIT files of WASI 0.2 (https://github.com/WebAssembly/WASI)."""


def _parsed(text: str) -> Iterator[tuple[str, str]]:
    interface = resource = ""
    for line in text.strip().splitlines():
        level, (name, bracket, rest) = len(line) - len(line.lstrip()), line.strip().partition("(")
        if level == 0:
            interface, resource = name, ""
        elif not bracket:
            resource = name
            yield f"{interface}#{name}", RESOURCE
        elif level == 2:
            yield f"{interface}#{name}", bracket + rest
        else:
            receiver = f"(borrow<{resource}>" + ("" if rest.startswith(")") else " ")
            yield f"{interface}#[method]{resource}.{name}", receiver + rest


RESOURCE = "resource"
"""Stands for the type of a resource."""
WASI: Mapping[str, str] = dict(_parsed(_INTERFACES))
"""Types of functions by ``interface#function`` without version, as `hostcore.runtime.type_text` writes them."""
