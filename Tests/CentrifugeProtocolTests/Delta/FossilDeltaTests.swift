import CentrifugeProtocol
import NIOCore
import Testing

@Suite("Deltas")
struct FossilDeltaTests {
    private func delta(_ source: String, _ target: String) throws -> String {
        let delta = FossilDelta.encode(from: ByteBuffer(string: source), to: ByteBuffer(string: target))
        #expect(try FossilDelta.apply(delta, to: ByteBuffer(string: source)).text == target)
        return delta.text
    }

    private static let alphabet = "abcdefghijklmnopqrstuvwxyz"

    @Test("a delta by hand is applied")
    func apply() throws {
        // the sum of the words abcd, efgh, ijkl, mnop, abcd and "!\0\0\0"
        func word(_ text: String) -> UInt32 { text.utf8.reduce(0) { $0 << 8 | UInt32($1) } }
        let sum = ["abcd", "efgh", "ijkl", "mnop", "abcd", "!\0\0\0"].reduce(UInt32(0)) { $0 &+ word($1) }
        let checksum = base64(sum)
        let delta = "L\nG@0,4@0,1:!\(checksum);"
        #expect(
            try FossilDelta.apply(ByteBuffer(string: delta), to: ByteBuffer(string: Self.alphabet)).text
                == "abcdefghijklmnopabcd!"
        )
    }

    @Test("what is the same is copied, what is not is inserted")
    func encode() throws {
        #expect(try delta(Self.alphabet, Self.alphabet).hasPrefix("Q\nQ@0,"))
        #expect(try delta(Self.alphabet, "0" + Self.alphabet).hasPrefix("R\n1:0Q@0,"))
        #expect(try delta(Self.alphabet, Self.alphabet + "0").hasPrefix("R\nQ@0,1:0"))
        #expect(try delta("0123456789012345" + Self.alphabet, Self.alphabet).hasPrefix("Q\nQ@G,"))
        #expect(try delta(Self.alphabet, "news").hasPrefix("4\n4:news"))
        #expect(try delta("", "") == "0\n0;")
        #expect(try delta(Self.alphabet, "") == "0\n0;")
        #expect(try delta("", Self.alphabet).hasPrefix("Q\nQ:" + Self.alphabet))
    }

    @Test("a change of a document takes a few bytes")
    func document() throws {
        let players = (0..<50).map { #""player \#($0)""# }.joined(separator: ",")
        let document = #"{"match":"A–B","minute":17,"goals":[0,0],"players":[\#(players)]}"#
        let changed = document.replacing(#""minute":17,"goals":[0,0]"#, with: #""minute":18,"goals":[1,0]"#)
        #expect(try delta(document, changed).utf8.count < 50)
    }

    @Test(
        "what is cut between characters stays UTF-8",
        arguments: [("é", "è"), ("€", "₭"), ("😀", "😁"), ("д", "ж"), ("aé", "aè"), ("éa", "ea"), ("😀😀", "😀😁")]
    )
    func characters(_ old: String, _ new: String) throws {
        for distance in 14...40 {
            let text = String(repeating: "x", count: distance)
            for (before, behind) in [(text, text), (text + "é", "é" + text), (text + "😀", "")] {
                let (source, target) = (before + old + behind, before + new + behind)
                let delta = FossilDelta.encode(from: ByteBuffer(string: source), to: ByteBuffer(string: target))
                #expect(String(validating: delta.readableBytesView, as: UTF8.self) != nil)
                #expect(try FossilDelta.apply(delta, to: ByteBuffer(string: source)).text == target)
            }
        }
    }

    @Test(
        "what is no delta is refused",
        arguments: [
            "", "1", "\n", "1\n", "1\n1:a", "1\n1:ab;", "x y", "1\n1:a1;", "1\n2:a1;", "1\n1@0,", "1\n1@0",
            "1\n1@9,0;", "1\n1@Q,0;", "2\n1:a1XO000;", "1\n1?a0;", "1\n:a0;", "1\n1@,0;", "0\n0;x", "0\n;", "0\n1;",
            "4000000\n0;", "~~~~~~\n0;",
            "0000000000000\n1;", "1 1:a;",
        ]
    )
    func malformed(_ delta: String) {
        #expect(throws: FossilDeltaError.self) {
            try FossilDelta.apply(ByteBuffer(string: delta), to: ByteBuffer(string: Self.alphabet))
        }
    }

    @Test("a target larger than is wanted is not made")
    func limit() throws {
        let delta = FossilDelta.encode(from: ByteBuffer(string: Self.alphabet), to: ByteBuffer(string: Self.alphabet))
        #expect(throws: FossilDeltaError.self) {
            try FossilDelta.apply(delta, to: ByteBuffer(string: Self.alphabet), maximumSize: 25)
        }
        #expect(
            try FossilDelta.apply(delta, to: ByteBuffer(string: Self.alphabet), maximumSize: 26).readableBytes == 26
        )
    }

    private func base64(_ number: UInt32) -> String {
        let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~")
        return number < 64
            ? String(digits[Int(number)]) : base64(number / 64) + String(digits[Int(number % 64)])
    }
}
