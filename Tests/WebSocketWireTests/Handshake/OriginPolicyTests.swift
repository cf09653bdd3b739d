import Testing
import WebSocketWire

@Suite("Origins")
struct OriginPolicyTests {
    private func allows(_ policy: OriginPolicy, _ origin: String?, host: String = "example.com") -> Bool {
        TestRequest([("Host", host), ("Origin", origin)]).status(ServerHandshake.Options(origins: policy)) == 101
    }

    static let sameOrigin: [(String?, String, Bool)] = [
        (nil, "example.com", true),
        ("http://example.com", "example.com", true),
        ("https://example.com", "example.com", true),
        ("https://EXAMPLE.com", "Example.COM", true),
        ("http://example.com:80", "example.com", true),
        ("http://example.com", "example.com:80", true),
        ("https://example.com", "example.com:443", true),
        ("http://localhost:8000", "localhost:8000", true),
        ("http://[::1]:8000", "[::1]:8000", true),
        ("http://[::1]", "[::1]", true),
        ("http://localhost:8000", "localhost:8001", false),
        ("http://localhost:8000", "localhost", false),
        ("http://localhost", "localhost:8000", false),
        ("https://example.com", "example.com:80", false),
        ("http://example.com.evil.org", "example.com", false),
        ("http://evil.org", "example.com", false),
        ("http://example.com@evil.org", "example.com", false),
        ("http://sub.example.com", "example.com", false),
        ("null", "example.com", false),
        ("", "example.com", false),
        ("example.com", "example.com", false),
        ("http://", "", false),
        ("http://example.com:", "example.com", false),
        ("http://example.com:99999", "example.com", false),
        ("http://example.com:+80", "example.com", false),
        ("http://example.com/", "example.com", false),
        ("http://[::1", "[::1", false),
        ("chrome-extension://example.com", "example.com", false),
    ]

    @Test("pages of the same host and port, and programs", arguments: sameOrigin)
    func same(_ origin: String?, _ host: String, _ isAllowed: Bool) {
        #expect(allows(.sameOrigin, origin, host: host) == isAllowed)
    }

    static let listed: [(String, String, Bool)] = [
        ("https://app.example.org", "https://app.example.org", true),
        ("https://app.example.org", "https://APP.example.org", true),
        ("https://app.example.org", "https://app.example.org:443", true),
        ("https://app.example.org", "http://app.example.org", false),
        ("https://app.example.org", "https://app.example.org:8443", false),
        ("app.example.org", "https://app.example.org", true),
        ("app.example.org", "http://app.example.org", true),
        ("app.example.org:3000", "http://app.example.org:3000", true),
        ("*.example.org", "https://a.example.org", true),
        ("*.example.org", "https://a.b.example.org", true),
        ("*.example.org", "https://example.org", false),
        ("*.example.org", "https://.example.org", false),
        ("*.example.org", "https://evilexample.org", false),
        ("*.example.org", "https://a.example.org.evil", false),
        ("https://*.example.org", "http://a.example.org", false),
        ("https://*.example.org:8443", "https://a.example.org:8443", true),
        ("*", "https://anything.at.all", true),
        ("null", "null", true),
        ("chrome-extension://abc", "chrome-extension://abc", true),
        ("", "https://a.example.org", false),
    ]

    @Test("listed origins and suffixes", arguments: listed)
    func allowed(_ pattern: String, _ origin: String, _ isAllowed: Bool) {
        #expect(allows(.allowed(["https://unrelated.test", pattern]), origin) == isAllowed)
    }

    @Test("a list does not shut out the own pages and programs")
    func ownPages() {
        #expect(allows(.allowed([]), "https://example.com"))
        #expect(allows(.allowed([]), nil))
        #expect(!allows(.allowed([]), "https://example.org"))
    }

    @Test("any is any, and two origins are none")
    func any() {
        #expect(allows(.any, "https://anything.at.all"))
        #expect(allows(.any, "null"))
        let twice = TestRequest([("Origin", "http://server.example.com"), ("Origin", "http://server.example.com")])
        #expect(twice.status() == 403)
    }
}
