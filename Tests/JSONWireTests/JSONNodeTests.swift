import JSONWire
import NIOCore
import Testing

@Suite("JSON values that know where they stand")
struct JSONNodeTests {
    @Test("every value and every name has its place")
    func places() throws {
        let node = try JSONNode(ByteBuffer(string: #" {"a": [1, "x\n", true], "b": {"c": null}, "a": -2.5e3}"#))
        #expect(node.offset == 1)
        let fields = try #require(node.fields)
        #expect(fields.map(\.name) == ["a", "b", "a"])
        #expect(fields.map(\.offset) == [2, 25, 43])
        let elements = try #require(fields[0].value.elements)
        #expect(elements.map(\.content) == [.number("1"), .string("x\n"), .bool(true)])
        #expect(elements.map(\.offset) == [8, 11, 18])
        #expect(fields[1].value["c"]?.content == .null)
        #expect(fields[1].value["c"]?.offset == 36)
        // the last one of a name counts
        #expect(node["a"]?.content == .number("-2.5e3"))
    }

    @Test("a path leads through names and indices, or nowhere")
    func paths() throws {
        let node = try JSONNode(ByteBuffer(string: #"{"list": [{"name": "chat"}, {"0": 5}]}"#))
        #expect(node[["list", "0", "name"]]?.string == "chat")
        #expect(node[["list", "1", "0"]]?.content == .number("5"))
        #expect(node[[]] == node)
        for path in [["list", "2"], ["list", "-1"], ["list", "name"], ["none"], ["list", "0", "name", "x"]] {
            #expect(node[path] == nil, "\(path)")
        }
    }

    @Test("what is no JSON is refused, with its place")
    func malformed() {
        #expect(throws: JSONError(reason: "a colon is missing", offset: 5)) {
            try JSONNode(ByteBuffer(string: #"{"a" 1}"#))
        }
    }
}

@Suite("JSON for people")
struct JSONCommentTests {
    private func blanked(_ text: String) throws -> String {
        String(buffer: try ByteBuffer(string: text).withoutJSONComments())
    }

    @Test(
        "comments and commas at the end become spaces, and all else stays where it is",
        arguments: [
            ("[1, // one\n 2]", "[1,       \n 2]"),
            ("/* a\nb */{}", "    \n    {}"),
            ("[1,]", "[1 ]"),
            (#"{"a": 1, /* x */ }"#, #"{"a": 1          }"#),
            ("[[1,],]", "[[1 ] ]"),
            (#"{"url": "http://x/*y*/", "q": "\"//"}"#, #"{"url": "http://x/*y*/", "q": "\"//"}"#),
            ("[1] // the end", "[1]           "),
            ("[1 / 2]", "[1 / 2]"),
            ("", ""),
        ]
    )
    func blanks(_ text: String, _ expected: String) throws {
        #expect(try blanked(text) == expected)
    }

    @Test("commas that stand behind nothing stay, and are refused as JSON", arguments: ["[,]", "{,}", "[1,,]"])
    func superfluous(_ text: String) throws {
        #expect(throws: JSONError.self) { try JSONNode(ByteBuffer(string: try blanked(text))) }
    }

    @Test("a comment without an end is refused where it begins")
    func endless() {
        #expect(throws: JSONError(reason: "a comment does not end", offset: 2)) { try blanked("{ /* }") }
        // this one is too short to be both
        #expect(throws: JSONError.self) { try blanked("/*/") }
    }

    @Test("a string without an end, and half an escape, are left to the parser", arguments: [#""abc"#, #""abc\"#])
    func openString(_ text: String) throws {
        #expect(try blanked(text) == text)
    }
}
