import Chorus
import Testing

@Suite("Patterns for names")
struct GlobTests {
    /// A pattern, names that match and names that do not.
    static let cases: [(pattern: String, yes: [String], no: [String])] = [
        ("", [""], ["a"]), ("abc", ["abc"], ["ab", "abcd", "ABC"]), ("*", ["", "a", "a:b.c/d"], []),
        ("**", ["", "a:b"], []), ("a*", ["a", "abc"], ["ba", ""]), ("*a", ["a", "bca"], ["ab"]),
        ("a*b*c", ["abc", "axxbxxc", "abbcc"], ["acb", "ab"]), ("?", ["a", "é", "👋"], ["", "ab"]),
        ("a?c", ["abc"], ["ac", "abbc"]), ("[abc]", ["a", "c"], ["d", "", "ab"]), ("[a-c]x", ["ax", "cx"], ["dx"]),
        ("[!a-c]", ["d", "é"], ["a", "b"]), ("[!a]*", ["bcd"], ["abc", ""]), ("[a-cx-z]", ["b", "y"], ["m"]),
        ("[a-]", ["a", "-"], ["b"]), (#"[\]]"#, ["]"], [#"\"#]), ("{a,bc}", ["a", "bc"], ["b", "abc", ""]),
        ("{a,}", ["a", ""], ["b"]), ("x{a*,?b}y", ["xay", "xaaay", "xcby"], ["xby", "xy"]),
        ("{a,{b,c}d}", ["a", "bd", "cd"], ["b", "d"]), (#"\*"#, ["*"], ["a"]), (#"a\?"#, ["a?"], ["ab"]),
        (#"\{a,b\}"#, ["{a,b}"], ["a"]), ("a,b}", ["a,b}"], ["a"]), ("chat:*", ["chat:", "chat:1"], ["chats:1"]),
    ]

    @Test("all of a name has to fit", arguments: cases)
    func matches(_ pattern: String, _ yes: [String], _ no: [String]) throws {
        let glob = try Glob(pattern)
        for name in yes { #expect(glob.matches(name), "\(name)") }
        for name in no { #expect(!glob.matches(name), "\(name)") }
    }

    @Test(
        "what is no pattern is refused",
        arguments: ["[", "[a", "[a-", "[!", "[]", "[!]", "[b-a]", "{", "{a", "{a,", "{a,{b}", #"a\"#]
    )
    func malformed(_ pattern: String) { #expect(throws: Glob.Malformed.self) { try Glob(pattern) } }

    @Test("depth has a bound")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "{", count: depth) + "a" + String(repeating: "}", count: depth)
        }
        #expect(try Glob(nested(16)).matches("a"))
        #expect(throws: Glob.Malformed.self) { try Glob(nested(17)) }
    }

    @Test("what would take others for ever is as quick as anything", .timeLimit(.minutes(1)))
    func adversarial() throws {
        let glob = try Glob(String(repeating: "*a", count: 100) + "b")
        let name = String(repeating: "a", count: 255)
        #expect(!glob.matches(name))
        let choices = try Glob(String(repeating: "{a,a*}", count: 40))
        #expect(choices.matches(name))
        #expect(!choices.matches(String(repeating: "a", count: 39) + "b"))
    }
}
