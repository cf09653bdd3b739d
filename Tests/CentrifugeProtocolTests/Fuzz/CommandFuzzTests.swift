import CentrifugeProtocol
import FuzzSupport
import JSONWire
import NIOCore
import SwiftProtobuf
import Testing

@Suite("Fuzz: commands")
struct CommandFuzzTests {
    private static let pieces = [
        "{", "}", "[", "]", "\"", ":", ",", "\\", "\n", "\r", " ", "null", "true", "1", "-1", "1e9",
        "18446744073709551616",
        #""id":"#, #""data":"#, #""channel":"#, #""subs":{"a":{}}"#, #"{"ping":{}}"#, "\\ud800", "é",
    ].map { Array($0.utf8) }

    @Test("in JSON every payload is a value in one line, and a violation ends the frame")
    func json() {
        var (read, refused) = (0, 0)
        Fuzz.run(percent: 50) { dice in
            let samples = (0...dice.below(3)).map { _ in dice.pick(CommandSample.all) }
            var text = Array(samples.map(\.json).joined(separator: "\n").utf8)
            let changes = dice.oneIn(8) ? 0 : 1 + dice.below(3)
            for _ in 0..<changes { Self.change(&text, &dice) { $0.pick(Self.pieces) } }

            let (commands, isRefused, goesOn) = Self.read(text, .json)
            read += commands.count
            refused += isRefused ? 1 : 0
            let complaint: String? =
                if changes == 0, commands != samples.map(\.command) {
                    "other commands"
                } else if goesOn {
                    "something behind a violation"
                } else if commands.count > text.split(separator: 0x0A).count {
                    "more commands than lines"
                } else if !commands.flatMap(\.request.payloads).allSatisfy(Self.isLine) {
                    "a payload that is not a value in one line"
                } else {
                    nil
                }
            return complaint.map { "\($0): \(String(decoding: text, as: UTF8.self))" }
        }
        #expect(read > 0 && refused > 0)
    }

    @Test("in Protobuf the frame is cut as its lengths say, into commands of the ids that the generated code reads")
    func protobuf() {
        var (read, refused) = (0, 0)
        Fuzz.run(percent: 30) { dice in
            let samples = (0...dice.below(3)).map { _ in dice.pick(CommandSample.all) }
            var bytes = samples.flatMap { ByteBuffer(hex: $0.protobuf).array }
            let changes = dice.oneIn(8) ? 0 : 1 + dice.below(3)
            for _ in 0..<changes { Self.change(&bytes, &dice) { $0.bytes(1 + $0.below(3)) } }

            let (commands, isRefused, goesOn) = Self.read(bytes, .protobuf)
            read += commands.count
            refused += isRefused ? 1 : 0
            let (expected, isRefusable) = Self.reference(bytes)
            let complaint: String? =
                if changes == 0, commands != samples.map(\.command) {
                    "other commands"
                } else if goesOn {
                    "something behind a violation"
                } else if isRefused != isRefusable || commands.map(\.id) != expected.map(\.id) {
                    "other commands than in the reference"
                } else {
                    nil
                }
            return complaint.map { "\($0): \(ByteBuffer(bytes: bytes).hex)" }
        }
        #expect(read > 0 && refused > 0)
    }

    /// The commands of a frame, whether it is refused, and whether something is read behind that.
    private static func read(_ bytes: [UInt8], _ format: CentrifugeFormat) -> ([Command], Bool, Bool) {
        var reader = CommandReader(ByteBuffer(bytes: bytes), format: format)
        var commands: [Command] = []
        do throws(ProtocolViolation) {
            while let command = try reader.next() { commands.append(command) }
            return (commands, false, false)
        } catch {
            return (commands, true, (try? reader.next()) != nil)
        }
    }

    /// Cuts the frame byte by byte.
    private static func reference(_ bytes: [UInt8]) -> (commands: [ProtoCommand], isRefused: Bool) {
        var commands: [ProtoCommand] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let prefix = rest.prefix { $0 >= 0x80 }.count + 1
            guard prefix <= 5, prefix <= rest.count else { return (commands, true) }
            let length = rest.prefix(prefix).reversed().reduce(0) { $0 << 7 | Int($1 & 0x7F) }
            rest = rest.dropFirst(prefix)
            guard length <= rest.count, let command = try? ProtoCommand(serializedBytes: Array(rest.prefix(length)))
            else { return (commands, true) }
            commands.append(command)
            rest = rest.dropFirst(length)
        }
        return (commands, commands.isEmpty)
    }

    private static func isLine(_ payload: ByteBuffer) -> Bool {
        guard payload.readableBytes > 0 else { return true }
        return (try? JSONValue(payload))?.text == payload && !payload.array.contains { $0 == 0x0A || $0 == 0x0D }
    }

    /// Puts something in, or in place of something, or takes something away.
    private static func change(_ bytes: inout [UInt8], _ dice: inout Dice, _ piece: (inout Dice) -> [UInt8]) {
        let place = dice.below(bytes.count + 1)
        let count = min(bytes.count - place, dice.pick([0, 0, 1, 1, 2, 10]))
        switch dice.below(4) {
        case 0: bytes.removeSubrange(place..<place + count)
        case 1 where place < bytes.count: bytes[place] ^= 1 << UInt8(dice.below(8))
        default: bytes.replaceSubrange(place..<place + count, with: piece(&dice))
        }
    }
}

extension Request {
    /// What programs and other clients get of it.
    fileprivate var payloads: [ByteBuffer] {
        switch self {
        case .connect(let request):
            ([request.data] + request.subs.values.map(\.data)).compactMap { $0 }
        case .subscribe(let request): [request.data].compactMap { $0 }
        case .publish(let request): [request.data]
        case .send(let data): [data]
        case .rpc(let request): [request.data]
        default: []
        }
    }
}
