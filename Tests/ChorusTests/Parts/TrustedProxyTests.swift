import Chorus
import ChorusCore
import Testing

@Suite("Trusted proxies")
struct TrustedProxyTests {
    @Test(
        "a network contains the addresses that share its bits",
        arguments: [
            ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.0", false),
            ("10.1.2.3", "10.1.2.3", true), ("10.1.2.3", "10.1.2.4", false),
            ("192.168.4.0/22", "192.168.7.255", true), ("192.168.4.0/22", "192.168.8.0", false),
            ("10.9.9.9/8", "10.1.1.1", true), ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false),
            ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe00::1", false), ("::/0", "10.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.2.3.4", true), ("::1/128", "::1", true), ("10.0.0.0/8", "nonsense", false),
        ]
    )
    func contains(_ network: String, _ address: String, _ expected: Bool) throws {
        #expect(try TrustedProxy(network).contains(address) == expected)
    }

    @Test(
        "what is no network is refused as configuration",
        arguments: [
            "", "proxy.example", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0/8", "::/129", "10.0.0.0/8/8",
        ]
    )
    func refuses(_ text: String) {
        let error = #expect(throws: ChorusError.self) { try TrustedProxy(text) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains(text) == true)
    }

    private func client(
        _ peer: String,
        _ forwarded: [String],
        trusting networks: [String] = ["10.0.0.0/8"]
    ) throws -> String {
        TrustedProxy.client(peer: peer, forwarded: forwarded, proxies: try networks.map { try TrustedProxy($0) })
    }

    @Test("the word of somebody else is not believed")
    func stranger() throws {
        #expect(try client("9.9.9.9", ["1.2.3.4"]) == "9.9.9.9")
        #expect(try client("10.0.0.1", ["1.2.3.4"], trusting: []) == "10.0.0.1")
    }

    @Test("the client is the last entry that is not a trusted proxy")
    func chain() throws {
        #expect(try client("10.0.0.1", ["1.2.3.4"]) == "1.2.3.4")
        #expect(try client("10.0.0.1", ["6.6.6.6, 1.2.3.4, 10.0.0.2"]) == "1.2.3.4")
        #expect(try client("10.0.0.1", ["6.6.6.6", "1.2.3.4 ,\t10.0.0.2"]) == "1.2.3.4")
        #expect(try client("10.0.0.1", ["2001:db8::1"]) == "2001:db8::1")
    }

    @Test("an entry that is no address ends the search at the proxy that sent it")
    func nonsense() throws {
        #expect(try client("10.0.0.1", ["1.2.3.4, unknown"]) == "10.0.0.1")
        #expect(try client("10.0.0.1", ["1.2.3.4, unknown, 10.0.0.2"]) == "10.0.0.2")
        #expect(try client("10.0.0.1", []) == "10.0.0.1")
        #expect(try client("10.0.0.1", ["", " "]) == "10.0.0.1")
    }
}
