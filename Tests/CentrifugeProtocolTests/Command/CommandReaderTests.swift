import CentrifugeProtocol
import NIOCore
import SwiftProtobuf
import Testing

@Suite("Commands")
struct CommandReaderTests {
    @Test("every field of every command is read in JSON", arguments: CommandSample.all)
    func json(_ sample: CommandSample) throws {
        #expect(try commands(ByteBuffer(string: sample.json), .json) == [sample.command])
    }

    @Test("and in Protobuf", arguments: CommandSample.all)
    func protobuf(_ sample: CommandSample) throws {
        #expect(try commands(ByteBuffer(hex: sample.protobuf), .protobuf) == [sample.command])
    }

    @Test("the samples are what the generated code writes", arguments: CommandSample.all)
    func generated(_ sample: CommandSample) throws {
        var bytes = ByteBuffer(hex: sample.protobuf)
        let length = bytes.readInteger(as: UInt8.self)
        #expect(length.map { Int($0) } == bytes.readableBytes)
        let message = try ProtoCommand(serializedBytes: bytes.array)
        #expect(try message.serializedBytes() == bytes.array)
        #expect(message.unknownFields.data.isEmpty)
    }

    @Test("a frame has any number of commands, one after the other")
    func several() throws {
        let expected = CommandSample.all.map(\.command)
        let lines = CommandSample.all.map(\.json)
        #expect(try commands(ByteBuffer(string: lines.joined(separator: "\n")), .json) == expected)
        #expect(try commands(ByteBuffer(string: lines.joined(separator: "\n") + "\n"), .json) == expected)
        #expect(try commands(ByteBuffer(string: "\n \r\n" + lines.joined(separator: "\r\n\n")), .json) == expected)
        let messages = CommandSample.all.map(\.protobuf).joined(separator: " ")
        #expect(try commands(ByteBuffer(hex: messages), .protobuf) == expected)
    }

    @Test(
        "commands before a malformed one are there, and none behind it",
        arguments: [CentrifugeFormat.json, .protobuf]
    )
    func partly(_ format: CentrifugeFormat) throws {
        let frame: ByteBuffer =
            format == .json ? "{\"id\":1}\n[]\n{\"id\":2}" : ByteBuffer(hex: "02 08 01 01 ff 00")
        var reader = CommandReader(frame, format: format)
        #expect(try reader.next() == Command(id: 1, request: .empty))
        #expect(throws: ProtocolViolation.self) { try reader.next() }
        #expect(try reader.next() == nil)
    }

    @Test("a frame without a command is refused, once", arguments: ["", "\n", " \n\r\n"])
    func empty(_ text: String) throws {
        var reader = CommandReader(ByteBuffer(string: text), format: .json)
        #expect(throws: ProtocolViolation.self) { try reader.next() }
        #expect(try reader.next() == nil)
        #expect(violation(ByteBuffer(), .protobuf) != nil)
    }

    @Test("of several requests the first in the protocol's order counts")
    func order() throws {
        let names = [
            "connect", "ping", "subscribe", "unsubscribe", "publish", "presence", "presence_stats", "history", "rpc",
            "send",
            "refresh", "sub_refresh",
        ]
        let expected: [Request] = [
            .connect(ConnectRequest()), .ping, .subscribe(SubscribeRequest()), .unsubscribe(channel: ""),
            .publish(PublishRequest()), .presence(channel: ""), .presenceStats(channel: ""), .history(HistoryRequest()),
            .rpc(RPCRequest()), .send(ByteBuffer()), .refresh(token: ""), .subRefresh(SubRefreshRequest()),
        ]
        let fields: [UInt8] = [4, 11, 5, 6, 7, 8, 9, 10, 13, 12, 14, 15]
        for first in names.indices {
            let json = names[first...].reversed().map { #""\#($0)":{}"# }.joined(separator: ",")
            #expect(try commands(ByteBuffer(string: "{\(json)}"), .json).map(\.request) == [expected[first]])
            let message = fields[first...].reversed().flatMap { [$0 << 3 | 2, 0] as [UInt8] }
            let frame = ByteBuffer(bytes: [UInt8(message.count)] + message)
            #expect(try commands(frame, .protobuf).map(\.request) == [expected[first]])
        }
    }

    @Test("a payload is a slice of the frame")
    func slices() throws {
        let frame = ByteBuffer(string: #"{"id":1,"publish":{"channel":"c","data":{"a":[1,2]}}}"#)
        guard case .publish(let request) = try commands(frame, .json).first?.request else {
            Issue.record("not a publish command")
            return
        }
        #expect(request.data.storageCapacity == frame.storageCapacity)
        #expect(request.data.text == #"{"a":[1,2]}"#)
    }
}
