import ChorusClient
import Testing

@Suite("The URL of a WebSocket")
struct URLTests {
    struct Good: Sendable {
        var text: String
        var isSecure = false
        var endpoint: WebSocketURL.Endpoint
        var hostHeader: String
        var target: String
    }

    @Test(
        "is taken apart",
        arguments: [
            Good(
                text: "ws://example.com",
                endpoint: .tcp(host: "example.com", port: 80),
                hostHeader: "example.com",
                target: "/"
            ),
            Good(
                text: "WSS://example.com/",
                isSecure: true,
                endpoint: .tcp(host: "example.com", port: 443),
                hostHeader: "example.com",
                target: "/"
            ),
            Good(
                text: "ws://example.com:80/a",
                endpoint: .tcp(host: "example.com", port: 80),
                hostHeader: "example.com",
                target: "/a"
            ),
            Good(
                text: "ws://example.com:443/a",
                endpoint: .tcp(host: "example.com", port: 443),
                hostHeader: "example.com:443",
                target: "/a"
            ),
            Good(
                text: "wss://example.com:443",
                isSecure: true,
                endpoint: .tcp(host: "example.com", port: 443),
                hostHeader: "example.com",
                target: "/"
            ),
            Good(
                text: "ws://example.com:/a",
                endpoint: .tcp(host: "example.com", port: 80),
                hostHeader: "example.com",
                target: "/a"
            ),
            Good(
                text: "ws://127.0.0.1:8000/ws/a%2Fb?x=%20&y=1",
                endpoint: .tcp(host: "127.0.0.1", port: 8000),
                hostHeader: "127.0.0.1:8000",
                target: "/ws/a%2Fb?x=%20&y=1"
            ),
            Good(
                text: "ws://[::1]:8000/ws",
                endpoint: .tcp(host: "::1", port: 8000),
                hostHeader: "[::1]:8000",
                target: "/ws"
            ),
            Good(
                text: "ws://[2001:db8::7]",
                endpoint: .tcp(host: "2001:db8::7", port: 80),
                hostHeader: "[2001:db8::7]",
                target: "/"
            ),
            Good(text: "ws://host?q=1", endpoint: .tcp(host: "host", port: 80), hostHeader: "host", target: "/?q=1"),
            Good(text: "ws://host/a#b", endpoint: .tcp(host: "host", port: 80), hostHeader: "host", target: "/a"),
            Good(text: "ws://host#b", endpoint: .tcp(host: "host", port: 80), hostHeader: "host", target: "/"),
            Good(text: "ws://host/a@b:c", endpoint: .tcp(host: "host", port: 80), hostHeader: "host", target: "/a@b:c"),
            Good(
                text: "ws+unix:/run/chorus.sock:/ws?a=1",
                endpoint: .unix(path: "/run/chorus.sock"),
                hostHeader: "localhost",
                target: "/ws?a=1"
            ),
            Good(
                text: "ws+unix:///run/chorus.sock",
                endpoint: .unix(path: "/run/chorus.sock"),
                hostHeader: "localhost",
                target: "/"
            ),
            Good(
                text: "ws+unix:/run/übung 1.sock:/ws",
                endpoint: .unix(path: "/run/übung 1.sock"),
                hostHeader: "localhost",
                target: "/ws"
            ),
        ]
    )
    func good(_ good: Good) throws {
        let url = try WebSocketURL(good.text)
        #expect(url.isSecure == good.isSecure)
        #expect(url.endpoint == good.endpoint)
        #expect(url.hostHeader == good.hostHeader)
        #expect(url.target == good.target)
    }

    @Test(
        "is refused when it cannot be used as it is",
        arguments: [
            "", "example.com", "http://example.com/", "ws:example.com", "ws:/example.com", "ws://", "ws:///path",
            "ws://user@example.com/", "ws://user:secret@example.com/", "ws://example.com:0/", "ws://example.com:65536/",
            "ws://example.com:a/", "ws://example.com:80:80/", "ws://[::1/", "ws://[127.0.0.1]/", "ws://[::1]8000/",
            "ws://[fe80::1%25eth0]/", "ws://exämple.com/", "ws://example.com/ä", "ws://example.com/a b",
            "ws://example.com/a\r\nX: y", "ws://exa mple.com/", "ws+unix:", "ws+unix::/ws", "ws://example.com/\u{7F}",
            "ws://a,b/", " ws://example.com/",
        ]
    )
    func bad(_ text: String) {
        let error = #expect(throws: WebSocketClientError.self) { try WebSocketURL(text) }
        #expect(error?.code == .invalidURL)
    }

    @Test("is shown without its query, in which tokens are")
    func description() throws {
        #expect(try WebSocketURL("wss://host:8443/ws?token=secret").description == "wss://host:8443/ws")
        #expect(try WebSocketURL("ws+unix:/run/a.sock:/ws?token=secret").description == "ws+unix:/run/a.sock:/ws")
    }
}
