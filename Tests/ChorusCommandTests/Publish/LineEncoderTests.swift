import ChorusCommand
import Foundation
import NIOCore
import Testing

@Suite("Making commands of lines")
struct LineEncoderTests {
    private func encoder(isJSON: Bool = false, key: String? = nil, keyFrom: String? = nil) -> LineEncoder {
        LineEncoder(topic: "to\"pic", isJSON: isJSON, key: key, keyFrom: keyFrom)
    }

    /// What stands in `publish`.
    private func publish(_ encoder: LineEncoder, _ line: String, number: Int = 1) throws -> [String: Any] {
        let command = try encoder.command(ByteBuffer(string: line), number: number)
        let object = try JSONSerialization.jsonObject(with: Data(command.readableBytesView)) as? [String: Any]
        #expect(object?.count == 1)
        return try #require(object?["publish"] as? [String: Any])
    }

    private func problem(_ encoder: LineEncoder, _ line: [UInt8]) -> String? {
        do throws(LineEncoder.Problem) {
            _ = try encoder.command(ByteBuffer(bytes: line), number: 1)
            return nil
        } catch {
            return error.description
        }
    }

    @Test(
        "a line is a text, whatever is in it",
        arguments: ["", "hi", "a\"\\\u{1}\u{7F}\t", "{\"a\":1}", "é😀\u{2028}"]
    )
    func text(_ line: String) throws {
        let publish = try publish(encoder(), line)
        #expect(publish["data"] as? String == line)
        #expect(publish["channel"] as? String == "to\"pic")
        #expect(publish["key"] == nil)
        #expect(Set(publish.keys) == ["channel", "data", "idempotency_key"])
    }

    @Test(
        "what is no UTF-8 is no text",
        arguments: [[0xFF], [0x61, 0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]] as [[UInt8]]
    )
    func noText(_ line: [UInt8]) {
        for encoder in [encoder(), encoder(keyFrom: "1")] {
            #expect(problem(encoder, line)?.contains("UTF-8") == true)
        }
        #expect(problem(encoder(isJSON: true), [0x22] + line + [0x22]) != nil)
    }

    @Test("with JSON it is the value, as it stands there")
    func json() throws {
        let command = try encoder(isJSON: true).command(ByteBuffer(string: " {\"a\": 1.50} \t"), number: 1)
        #expect(String(buffer: command).contains(#""data":{"a": 1.50},"#))
        #expect(try publish(encoder(isJSON: true), #""text""#)["data"] as? String == "text")
        #expect(try publish(encoder(isJSON: true), "null")["data"] is NSNull)
        for line in ["", " ", "{", "1 2", "text", #"{"a":}"#] {
            #expect(problem(encoder(isJSON: true), Array(line.utf8))?.hasPrefix("this is no JSON: ") == true, "\(line)")
        }
    }

    @Test("a line has a key of its own, by which it is known when it comes again, and runs have other keys")
    func idempotency() throws {
        let (first, second) = (encoder(), encoder())
        var keys: [String] = []
        for encoder in [first, second] {
            for number in 1...100 {
                let key = try #require(try publish(encoder, "same", number: number)["idempotency_key"] as? String)
                #expect(try publish(encoder, "same", number: number)["idempotency_key"] as? String == key)
                keys.append(key)
            }
        }
        #expect(Set(keys).count == 200)
        #expect(keys.allSatisfy { (8...40).contains($0.utf8.count) })
    }

    @Test("the key is the one that was given, or of a column, or of a field")
    func keys() throws {
        #expect(try publish(encoder(key: "k"), "a,b")["key"] as? String == "k")
        #expect(try publish(encoder(key: ""), "a,b")["key"] as? String == "")
        for (column, key) in [("1", "a"), ("2", "b c"), ("3", ""), ("4", "é")] {
            #expect(try publish(encoder(keyFrom: column), "a, b c\t,,é")["key"] as? String == key)
        }
        for (name, key) in [("s", "A\n"), ("n", "-1.50e3"), ("", "empty")] {
            let publish = try publish(encoder(isJSON: true, keyFrom: name), #"{"s":"A\n","n":-1.50e3,"":"empty"}"#)
            #expect(publish["key"] as? String == key)
        }
    }

    @Test("where there is none the problem says what is missing")
    func noKey() {
        #expect(problem(encoder(keyFrom: "3"), Array("a,b".utf8)) == "there is no column 3")
        for line in ["{}", #"{"s":null}"#, #"{"s":[]}"#, "[1]", "7", #""s""#] {
            let problem = problem(encoder(isJSON: true, keyFrom: "s"), Array(line.utf8))
            #expect(problem == "there is no field s that is a string or a number", "\(line)")
        }
    }
}
