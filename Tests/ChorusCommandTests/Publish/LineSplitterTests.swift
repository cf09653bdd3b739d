import ChorusCommand
import NIOCore
import Testing

@Suite("Taking bytes apart into lines")
struct LineSplitterTests {
    /// The lines of bytes that come in these chunks.
    private func lines(_ chunks: [[UInt8]], longest: Int = 100) -> [LineQueue.Line] {
        var splitter = LineSplitter(longest: longest)
        var lines: [LineQueue.Line] = []
        for chunk in chunks { lines += splitter.split(ByteBuffer(bytes: chunk)) }
        return lines + splitter.end()
    }

    private func texts(_ chunks: [String], longest: Int = 100) -> [String] {
        lines(chunks.map { Array($0.utf8) }, longest: longest).map { String(buffer: $0.text) }
    }

    @Test(
        "a line ends with \\n or \\r\\n, the last one also without",
        arguments: [
            ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\r\n", ["a"]), ("\n", [""]), ("\r\n", [""]), ("\n\n", ["", ""]),
            ("a\nb", ["a", "b"]), ("a\n\nb\n", ["a", "", "b"]), ("a\rb\r\r\n", ["a\rb\r"]), ("a\r", ["a"]),
        ] as [(String, [String])]
    )
    func ends(_ text: String, _ expected: [String]) {
        #expect(texts([text]) == expected)
    }

    @Test("chunks may end anywhere, and be empty")
    func chunks() {
        let text = Array("é\r\n\na\rb\n\r\n😀".utf8)
        let expected = ["é", "", "a\rb", "", "😀"]
        for first in 0...text.count {
            for second in first...text.count {
                let chunks = [Array(text[..<first]), [], Array(text[first..<second]), Array(text[second...])]
                let lines = lines(chunks)
                #expect(lines.map { String(buffer: $0.text) } == expected)
                #expect(lines.map(\.number) == Array(1...5))
            }
        }
        #expect(lines(text.map { [$0] }).map { String(buffer: $0.text) } == expected)
    }

    @Test("bytes that are no text stay as they are")
    func bytes() {
        let lines = lines([[0xFF, 0, 0x0A], [0xC3], [0x0A]])
        #expect(lines.map { Array($0.text.readableBytesView) } == [[0xFF, 0], [0xC3]])
    }

    @Test("a line of the greatest length is one, a longer one is left out and counted, in any chunks")
    func longest() {
        let inputs = ["12345\n123456\n\n1234567890123\nlast", "123456\r\n12345", "a\n1234567"]
        let expected = [[(1, "12345"), (3, ""), (5, "last")], [(2, "12345")], [(1, "a")]]
        for (input, expected) in zip(inputs, expected) {
            for size in 1...input.utf8.count {
                let bytes = Array(input.utf8)
                let chunks = stride(from: 0, to: bytes.count, by: size).map {
                    Array(bytes[$0..<min($0 + size, bytes.count)])
                }
                let lines = lines(chunks, longest: 5)
                #expect(lines.map(\.number) == expected.map(\.0), "\(input.debugDescription) by \(size)")
                #expect(lines.map { String(buffer: $0.text) } == expected.map(\.1))
            }
        }
    }

    @Test("lines do not change when later ones are read")
    func independence() {
        var splitter = LineSplitter(longest: 100)
        var chunk = ByteBuffer(string: "one\ntwo\nthr")
        let lines = splitter.split(chunk)
        chunk.clear()
        chunk.writeString("ee and more\nxxxxxxxxxxx\n")
        let more = splitter.split(chunk)
        #expect((lines + more).map { String(buffer: $0.text) } == ["one", "two", "three and more", "xxxxxxxxxxx"])
    }
}
