import Chorus
import ChorusCore
import Testing

@Suite("Addresses and names of hosts")
struct AddressTests {
    @Test("both families are parsed, and IPv4 in the clothes of IPv6 is IPv4")
    func parsing() {
        #expect(IPAddress("10.1.2.3")?.bytes == [10, 1, 2, 3])
        #expect(IPAddress("::1")?.bytes == [UInt8](repeating: 0, count: 15) + [1])
        #expect(IPAddress("2001:db8::ff")?.bytes.prefix(4) == [0x20, 0x01, 0x0D, 0xB8])
        #expect(IPAddress("::ffff:10.1.2.3") == IPAddress("10.1.2.3"))
        #expect(IPAddress("::fffe:10.1.2.3")?.bytes.count == 16)
    }

    @Test(
        "anything else is no address",
        arguments: [
            "", "10.1.2", "10.1.2.256", "10.1.2.3.4", "10.1.2.3:80", "[::1]", "fe80::1%eth0", "localhost", " ::1",
        ]
    )
    func notAnAddress(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(
        "loopback is 127.0.0.0/8 and ::1",
        arguments: [
            ("127.0.0.1", true), ("127.255.0.9", true), ("::1", true), ("::ffff:127.0.0.1", true),
            ("128.0.0.1", false), ("10.0.0.1", false), ("::", false), ("::2", false), ("1::1", false),
            ("0.0.0.0", false),
        ]
    )
    func loopback(_ text: String, _ expected: Bool) {
        #expect(IPAddress(text)?.isLoopback == expected)
    }

    @Test(
        "a Host header names this machine by localhost, a name under it, or a loopback address",
        arguments: [
            "localhost", "LOCALHOST:8000", "app.localhost", "a.b.localhost:1", "127.0.0.1", "127.1.2.3:80", "[::1]",
            "[::1]:8000", "[::ffff:127.0.0.1]",
        ]
    )
    func ownNames(_ host: String) {
        #expect(HostName.isLoopback(host))
    }

    @Test(
        "names that somebody's DNS could lead here are not this machine's",
        arguments: [
            "", "evil.example", "localhost.evil.example", "evil-localhost", "xlocalhost", "127.0.0.1.evil.example",
            "10.0.0.1", "[::2]", "[::1].evil.example", "0.0.0.0",
        ]
    )
    func foreignNames(_ host: String) {
        #expect(!HostName.isLoopback(host))
    }
}
