import JSONWire
import NIOCore
import Testing

@Suite("JSON values")
struct JSONValueTests {
    private func value(_ text: String) throws -> JSONValue { try JSONValue(ByteBuffer(string: text)) }

    private func failure(_ text: ByteBuffer) -> JSONError? {
        do throws(JSONError) {
            _ = try JSONValue(text)
            return nil
        } catch { return error }
    }

    @Test(
        "what is JSON is taken",
        arguments: [
            "0", "-0", "10", "1.5", "-2e10", "3E-2", "4e+7", "1.25e0", "true", "false", "null", #""""#, #""a""#, "[]",
            "{}", "[ ]", "{ }", "[1,[2,[3]]]", #"{"a":{"b":[]},"a":1}"#, " \t\r\n1 \n", #""\u00e9\ud83d\ude00\ud800""#,
            #""\"\\\/\b\f\n\r\t""#, "\"é\u{1F600}\u{7F}\u{10FFFF}\"", #"{"":""}"#,
        ]
    )
    func valid(_ text: String) { #expect(failure(ByteBuffer(string: text)) == nil) }

    @Test(
        "what is not is refused, and where it is wrong is said",
        arguments: [
            ("", 0), (" ", 1), ("01", 1), ("+1", 0), ("1.", 2), (".5", 0), ("1e", 2), ("1e+", 3), ("-", 1), ("--1", 1),
            ("0x10", 1), ("tru", 0), ("truex", 4), ("nul", 0), ("True", 0), ("NaN", 0), ("Infinity", 0), ("\"a", 2),
            ("\"\n\"", 1), ("\"\u{0}\"", 1), (#""\x""#, 2), (#""\u12g4""#, 5), (#""\u123"#, 6), ("[1", 2), ("[1,]", 3),
            ("[,1]", 1), ("[1 2]", 3), ("]", 0), ("{", 1), (#"{"a"}"#, 4), (#"{"a":}"#, 5), (#"{"a":1,}"#, 7),
            ("{a:1}", 1), (#"{1:1}"#, 1), (#"{"a":1 "b":2}"#, 7), ("[1]]", 3), ("1 2", 2), ("// a\n1", 0), ("'a'", 0),
            ("\u{FEFF}1", 0), ("\u{A0}1", 0), ("[1}", 2), ("\"\\", 2),
        ]
    )
    func invalid(_ text: String, _ offset: Int) {
        #expect(failure(ByteBuffer(string: text))?.offset == offset)
    }

    @Test(
        "a string that is not UTF-8 is refused",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE2, 0x82],
            [0xED, 0xA0, 0x80],
            [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xF0, 0x9F, 0x98],
        ] as [[UInt8]]
    )
    func notUTF8(_ bytes: [UInt8]) {
        #expect(failure(ByteBuffer(bytes: [0x22] + bytes + [0x22]))?.reason == "this is not UTF-8")
    }

    @Test("128 deep is deep enough, and deeper does not take the stack")
    func depth() {
        func nested(_ depth: Int) -> ByteBuffer {
            ByteBuffer(string: String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
        }
        #expect(failure(nested(128)) == nil)
        #expect(failure(nested(129))?.offset == 128)
        #expect(failure(ByteBuffer(string: String(repeating: "[", count: 1 << 20)))?.offset == 128)
        #expect(failure(ByteBuffer(string: String(repeating: #"{"a":"#, count: 1 << 18)))?.offset == 128 * 5)
    }

    @Test("strings are unescaped, and half of a pair of surrogates is replaced")
    func strings() throws {
        #expect(try value(#""\"\\\/\b\f\n\r\té\u00e9\uD83D\uDE00""#).string == "\"\\/\u{8}\u{C}\n\r\téé\u{1F600}")
        #expect(try value(#""a\ud800b\udc00""#).string == "a\u{FFFD}b\u{FFFD}")
        #expect(try value(#""plain""#).string == "plain")
        #expect(try value("7").string == nil)
    }

    @Test("numbers are whole where they are asked to be, and within bounds")
    func numbers() throws {
        #expect(try value("42").integer() == 42)
        #expect(try value("-7").integer() == Int64(-7))
        #expect(try value("18446744073709551615").integer() == UInt64.max)
        #expect(try value("18446744073709551616").integer(UInt64.self) == nil)
        #expect(try value("-1").integer(UInt64.self) == nil)
        #expect(try value("1.0").integer(Int.self) == nil)
        #expect(try value("1e3").integer(Int.self) == nil)
        #expect(try value(#""1""#).integer(Int.self) == nil)
        #expect(try value("2.5e2").double == 250)
    }

    @Test("fields and elements come as the texts that they were")
    func parts() throws {
        let object = try value(#" { "a" : [ 1 , {"x": "]}"} , "," ] , "b\n":null,"a":2 } "#)
        #expect(object.fields?.map(\.name) == ["a", "b\n", "a"])
        #expect(object["a"]?.integer() == 2)
        #expect(object["b\n"]?.kind == .null)
        #expect(object["c"] == nil)
        let elements = object.fields?.first?.value.elements
        #expect(elements?.map { String(buffer: $0.text) } == ["1", #"{"x": "]}"}"#, #"",""#])
        #expect(elements?[1]["x"]?.string == "]}")
        #expect(try value("{}").fields?.isEmpty == true)
        #expect(try value("[ ]").elements?.isEmpty == true)
        #expect(try value("true").bool == true)
        #expect(try value("false").bool == false)
        #expect(try value("null").bool == nil)
    }

    @Test("white space goes, but not from strings")
    func compact() throws {
        func compact(_ text: String) throws -> String { String(buffer: try value(text).compact) }
        #expect(try compact(" { \"a b\" : [ 1 ,\n2 ] } ") == #"{"a b":[1,2]}"#)
        #expect(try compact(#"{"a": "\" \\", "b": " "}"#) == #"{"a":"\" \\","b":" "}"#)
        #expect(try compact("[1,2]") == "[1,2]")
    }

    @Test("a value within a longer buffer is that value")
    func slices() throws {
        var buffer = ByteBuffer(string: #"xx{"a":[1,"b"]}yy"#)
        buffer.moveReaderIndex(forwardBy: 2)
        let slice = buffer.readSlice(length: buffer.readableBytes - 2)
        #expect(try JSONValue(slice ?? ByteBuffer())["a"]?.elements?[1].string == "b")
    }
}
