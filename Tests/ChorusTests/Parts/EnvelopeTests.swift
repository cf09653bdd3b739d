import Chorus
import ChorusCore
import Foundation
import NIOCore
import Testing

@Suite("Envelopes")
struct EnvelopeTests {
    private func text(_ message: Message, topic: String = "a") -> String {
        var out = ByteBuffer()
        Envelope.write(message, topic: topic, into: &out)
        return String(buffer: out)
    }

    @Test("text is a JSON string, JSON stands as it is, binary is base64")
    func kinds() {
        #expect(text("hi") == #"{"topic":"a","data":"hi"}"#)
        #expect(text(Message(.json, ByteBuffer(string: #"{"a":[1,null]}"#))) == #"{"topic":"a","data":{"a":[1,null]}}"#)
        #expect(
            text(Message(.binary, ByteBuffer(bytes: [0, 255, 7])))
                == #"{"topic":"a","data":"AP8H","encoding":"base64"}"#
        )
    }

    @Test("key and tags travel along, and so do position and time where there are some")
    func labels() {
        var message = Message("x", key: #"k""#, tags: ["b": "2", "a": "\n"])
        #expect(text(message) == #"{"topic":"a","data":"x","key":"k\"","tags":{"a":"\n","b":"2"}}"#)
        message.epoch = 7
        message.offset = 42
        message.time = 1_700_000_000_123
        let end = #","offset":42,"epoch":7,"time":1700000000123,"key":"k\"","tags":{"a":"\n","b":"2"}}"#
        #expect(text(message) == #"{"topic":"a","data":"x""# + end)
    }

    @Test("a broadcast has no topic")
    func broadcast() { #expect(text("x", topic: "") == #"{"data":"x"}"#) }

    @Test("every text comes out as it was, whatever is in it")
    func escapes() throws {
        let all = (0..<0x300).compactMap(Unicode.Scalar.init).map(Character.init) + ["\u{2028}", "😀", "\"", "\\", "/"]
        for text in [String(all), "", "\"", "\\", "a\u{0}b", String(repeating: "\n", count: 100)] {
            var out = ByteBuffer()
            Envelope.write(Message(text), topic: "t" + text, into: &out)
            let object = try JSONSerialization.jsonObject(with: Data(out.readableBytesView)) as? [String: String]
            #expect(object == ["topic": "t" + text, "data": text])
        }
    }

    @Test("notices say after which position messages follow")
    func notices() {
        func text(_ start: SubscriptionStart) -> String {
            var out = ByteBuffer()
            Envelope.write(start, topic: "a", into: &out)
            return String(buffer: out)
        }
        let position = Position(epoch: 7, offset: 42)
        let expected = [
            SubscriptionStart.live: #"{"topic":"a","notice":"subscribed"}"#,
            .recovering(from: position, edge: 50):
                #"{"topic":"a","notice":"subscribed","offset":42,"epoch":7,"edge":50}"#,
            .latest(upTo: position): #"{"topic":"a","notice":"latest","offset":42,"epoch":7}"#,
            .gap(upTo: position, edge: 42): #"{"topic":"a","notice":"gap","offset":42,"epoch":7,"edge":42}"#,
            .gap(upTo: nil, edge: nil): #"{"topic":"a","notice":"gap"}"#,
        ]
        for (start, notice) in expected { #expect(text(start) == notice) }
    }
}
