import Chorus
import Testing

@Suite("Route patterns")
struct RoutePatternTests {
    @Test("a literal path matches itself and nothing else")
    func literal() {
        let pattern = RoutePattern("/ws")
        #expect(pattern.match("/ws") == .parameters([:]))
        for other in ["", "/", "ws", "/w", "/wss", "/WS", "/ws/", "/ws/x", "//ws", "/x/ws", "/%77s"] {
            #expect(pattern.match(other) == .no, "\(other)")
        }
    }

    @Test("the root is a path")
    func root() {
        #expect(RoutePattern("/").match("/") == .parameters([:]))
        #expect(RoutePattern("").match("/") == .parameters([:]))
        #expect(RoutePattern("/").match("/x") == .no)
        #expect(RoutePattern("/").match("*") == .no)
    }

    @Test("a placeholder stands for one whole segment")
    func placeholder() {
        let pattern = RoutePattern("/rooms/{room}/members/{name}")
        #expect(pattern.match("/rooms/7/members/ada") == .parameters(["room": "7", "name": "ada"]))
        #expect(pattern.match("/rooms/7/members") == .no)
        #expect(pattern.match("/rooms/7/8/members/ada") == .no)
        #expect(pattern.match("/rooms//members/ada") == .no)
        #expect(pattern.match("/rooms/7/Members/ada") == .no)
    }

    @Test("a placeholder is percent-decoded after the path was split, so that it can hold a slash")
    func decoding() {
        let pattern = RoutePattern("/ws/{topic}")
        #expect(pattern.match("/ws/a%2Fb") == .parameters(["topic": "a/b"]))
        #expect(pattern.match("/ws/caf%C3%A9") == .parameters(["topic": "café"]))
        #expect(pattern.match("/ws/a+b") == .parameters(["topic": "a+b"]))
        #expect(pattern.match("/ws/%7Broom%7D") == .parameters(["topic": "{room}"]))
    }

    @Test("what cannot be decoded is malformed, not another path", arguments: ["%", "%4", "%zz", "%ff", "%c3", "a%"])
    func malformed(_ segment: String) {
        #expect(RoutePattern("/ws/{topic}").match("/ws/\(segment)") == .malformed)
    }

    @Test("a literal part is looked at first, so that only paths of the pattern's shape can be malformed")
    func malformedElsewhere() {
        #expect(RoutePattern("/ws/{topic}").match("/other/%ff") == .no)
        #expect(RoutePattern("/ws/{topic}").match("/ws/%ff/more") == .no)
    }

    @Test("only patterns without placeholders are literal")
    func isLiteral() {
        #expect(RoutePattern("/").isLiteral)
        #expect(RoutePattern("/a/b").isLiteral)
        #expect(!RoutePattern("/a/{b}").isLiteral)
        #expect(RoutePattern("/a/{b").isLiteral)
    }
}
