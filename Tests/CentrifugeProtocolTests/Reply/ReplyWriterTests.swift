import CentrifugeProtocol
import JSONWire
import NIOCore
import SwiftProtobuf
import Testing

@Suite("Replies")
struct ReplyWriterTests {
    @Test("every field of every reply is written in JSON", arguments: ReplySample.all)
    func json(_ sample: ReplySample) { #expect(frame([sample.reply], .json).text == sample.json) }

    @Test("and in Protobuf", arguments: ReplySample.all)
    func protobuf(_ sample: ReplySample) { #expect(frame([sample.reply], .protobuf).hex == sample.protobuf) }

    @Test("the samples are what the generated code writes", arguments: ReplySample.all)
    func generated(_ sample: ReplySample) throws {
        var bytes = ByteBuffer(hex: sample.protobuf)
        let length = bytes.readInteger(as: UInt8.self)
        #expect(length.map { Int($0) } == bytes.readableBytes)
        let message = try ProtoReply(serializedBytes: bytes.array)
        #expect(try message.serializedBytes() == bytes.array)
        #expect(message.unknownFields.data.isEmpty)
    }

    @Test("replies of one frame are lines in JSON, and one behind the other in Protobuf")
    func several() {
        let replies = ReplySample.all.map(\.reply)
        #expect(frame(replies, .json).text == ReplySample.all.map(\.json).joined(separator: "\n"))
        #expect(frame(replies, .protobuf).hex == ReplySample.all.map(\.protobuf).joined(separator: " "))
    }

    @Test("a frame may begin behind what is there already", arguments: [CentrifugeFormat.json, .protobuf])
    func appends(_ format: CentrifugeFormat) {
        var frame = ByteBuffer(string: "xx,")
        ReplyWriter(format: format).write(.ping, into: &frame, isFirst: true)
        #expect(frame.array == Array("xx,".utf8) + (format == .json ? Array("{}".utf8) : [0]))
    }

    @Test("line breaks between the parts of a payload go, other space stays")
    func lines() {
        let data: ByteBuffer = "{\n  \"a\": \"\\n\",\r\n  \"b\": [1, 2]\n}"
        let written = frame([.push(channel: "c", .publication(Publication(data: data)))], .json).text
        #expect(written == #"{"push":{"channel":"c","pub":{"data":{  "a": "\n",  "b": [1, 2]}}}}"#)
    }

    @Test("names and texts are escaped")
    func escapes() {
        let publication = Publication(data: "1", tags: ["\"": "\n"], key: "\u{1}")
        let written = frame([.push(channel: "a\\é", .publication(publication))], .json).text
        #expect(written == #"{"push":{"channel":"a\\é","pub":{"data":1,"tags":{"\"":"\n"},"key":"\u0001"}}}"#)
    }

    @Test("numbers reach to their ends", arguments: [CentrifugeFormat.json, .protobuf])
    func numbers(_ format: CentrifugeFormat) throws {
        let publication = Publication(data: "1", offset: .max, time: .max)
        var written = frame([.push(channel: "c", .publication(publication))], format)
        if format == .json {
            let pub = try JSONValue(written)["push"]?["pub"]
            #expect(pub?["offset"]?.integer() == UInt64.max)
            #expect(pub?["time"]?.integer() == Int64.max)
        } else {
            _ = written.readInteger(as: UInt8.self)
            let pub = try ProtoReply(serializedBytes: written.array).push.pub
            #expect(pub.offset == .max)
            #expect(pub.time == .max)
        }
    }

    @Test("many members and subscriptions are all there", arguments: [CentrifugeFormat.json, .protobuf])
    func maps(_ format: CentrifugeFormat) throws {
        let clients = Dictionary(
            uniqueKeysWithValues: (0..<100).map { ("c\($0)", ClientInfo(user: "u", client: "c\($0)")) }
        )
        var written = frame([.result(id: 1, .presence(clients))], format)
        if format == .json {
            let fields = try JSONValue(written)["presence"]?["presence"]?.fields
            #expect(Set((fields ?? []).map(\.name)) == Set(clients.keys))
            #expect((fields ?? []).allSatisfy { $0.value["client"]?.string == $0.name })
        } else {
            written.moveReaderIndex(forwardBy: 2)
            let presence = try ProtoReply(serializedBytes: written.array).presence.presence
            #expect(presence.mapValues(\.client) == clients.mapValues(\.client))
        }
    }

    @Test("a text becomes a JSON string")
    func string() throws {
        let text = "{\"a\":\n\"é\"}"
        #expect(try JSONValue(ByteBuffer(jsonString: ByteBuffer(string: text))).string == text)
        #expect(ByteBuffer(jsonString: ByteBuffer()).text == #""""#)
    }
}
