import CentrifugeProtocol
import FuzzSupport
import JSONWire
import NIOCore
import SwiftProtobuf
import Testing

/// Publications are written to Protobuf without the generated code; here it reads what was written.
@Suite("Publications")
struct PublicationPropertyTests {
    @Test("the generated code reads what is written by hand, and a JSON parser too")
    func random() throws {
        var dice = Dice(seed: 1)
        for round in 0..<300 {
            let publication = Self.publication(&dice)
            let channel = Self.text(&dice)
            let reply = Reply.push(channel: channel, .publication(publication))

            var bytes = frame([reply, reply], .protobuf).array[...]
            for _ in 0..<2 {
                let (length, size) = Self.varint(bytes)
                let message = try ProtoReply(serializedBytes: Array(bytes.dropFirst(size).prefix(length)))
                bytes = bytes.dropFirst(size + length)
                #expect(message.push.channel == channel, "round \(round)")
                #expect(Self.publication(message.push.pub) == publication, "round \(round)")
                #expect(message.unknownFields.data.isEmpty && message.push.pub.unknownFields.data.isEmpty)
            }
            #expect(bytes.isEmpty)

            let lines = frame([reply, reply], .json).text.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count == 2, "round \(round)")
            for line in lines {
                let push = try #require(try JSONValue(ByteBuffer(string: String(line)))["push"])
                #expect(push["channel"]?.string ?? "" == channel, "round \(round)")
                #expect(try Self.publication(#require(push["pub"])) == publication, "round \(round)")
            }
        }
    }

    private static func publication(_ dice: inout Dice) -> Publication {
        Publication(
            // lengths on both sides of those that take another byte
            data: ByteBuffer(string: #""\#(String(repeating: "x", count: dice.pick([0, 1, 90, 126, 300, 17_000])))""#),
            info: dice.oneIn(2)
                ? nil
                : ClientInfo(user: text(&dice), client: text(&dice), connInfo: json(&dice), chanInfo: json(&dice)),
            offset: dice.pick([0, 1, 127, 128, 16_383, 16_384, 1 << 31, 1 << 53, .max]),
            tags: Dictionary(uniqueKeysWithValues: (0..<dice.below(4)).map { ("k\($0)", text(&dice)) }),
            delta: dice.oneIn(2),
            time: dice.pick([0, 1, 1_700_000_000_000]),
            key: dice.pick([nil, "k", "é\n"])
        )
    }

    private static func text(_ dice: inout Dice) -> String {
        dice.pick(["", "a", "é\n\"", String(repeating: "n", count: 130)])
    }

    private static func json(_ dice: inout Dice) -> ByteBuffer? { dice.pick([nil, "1", #"{"a":"é"}"#, "[ 1 ]"]) }

    private static func varint(_ bytes: ArraySlice<UInt8>) -> (value: Int, size: Int) {
        let size = bytes.prefix { $0 >= 0x80 }.count + 1
        return (bytes.prefix(size).reversed().reduce(0) { $0 << 7 | Int($1 & 0x7F) }, size)
    }

    private static func publication(_ message: ProtoPublication) -> Publication {
        Publication(
            data: ByteBuffer(bytes: message.data),
            info: message.hasInfo
                ? ClientInfo(
                    user: message.info.user,
                    client: message.info.client,
                    connInfo: message.info.connInfo.isEmpty ? nil : ByteBuffer(bytes: message.info.connInfo),
                    chanInfo: message.info.chanInfo.isEmpty ? nil : ByteBuffer(bytes: message.info.chanInfo)
                ) : nil,
            offset: message.offset,
            tags: message.tags,
            delta: message.delta,
            time: message.time,
            key: message.key.isEmpty ? nil : message.key
        )
    }

    private static func publication(_ value: JSONValue) throws -> Publication {
        Publication(
            data: try #require(value["data"]?.text),
            info: try value["info"].map { info in
                ClientInfo(
                    user: try #require(info["user"]?.string),
                    client: try #require(info["client"]?.string),
                    connInfo: info["conn_info"]?.text,
                    chanInfo: info["chan_info"]?.text
                )
            },
            offset: value["offset"]?.integer() ?? 0,
            tags: Dictionary(
                uniqueKeysWithValues: try (value["tags"]?.fields ?? []).map { ($0.name, try #require($0.value.string)) }
            ),
            delta: value["delta"]?.bool ?? false,
            time: value["time"]?.integer() ?? 0,
            key: value["key"]?.string
        )
    }
}
