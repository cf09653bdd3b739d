import ChorusCore
import NIOCore

/// The tests' wire formats: a length, the topic, the payload. Different enough that bytes of the one are not taken for
/// bytes of the other.
enum WireFormat: UInt8, CaseIterable {
    /// Length, topic, payload.
    case plain
    /// The same with a mask over the length and a byte at the end.
    case sealed
    /// As `plain`, but binary messages make no bytes at all.
    case textOnly

    /// One frame, read back.
    struct Frame: Equatable {
        var topic: String
        var payload: ByteBuffer
    }

    func writes(_ message: Message) -> Bool {
        self != .textOnly || (message.kind != .binary && message.notice == nil)
    }

    /// A notice as text: what it says, the members' identifiers, sessions and users.
    static func payload(_ notice: PresenceNotice) -> ByteBuffer {
        let (verb, members): (String, [Member]?) =
            switch notice {
            case .joined(let members, _): ("+", members)
            case .left(let members, _): ("-", members)
            case .present(let members, _): ("=", members)
            }
        let names = members.map { $0.map(\.id).sorted().joined(separator: ",") } ?? "?"
        return ByteBuffer(string: "\(verb)\(names) \(notice.count.sessions)/\(notice.count.users)")
    }

    func encode(_ payload: ByteBuffer, topic: String, into out: inout ByteBuffer) {
        let length = UInt32(1 + topic.utf8.count + payload.readableBytes)
        out.writeInteger(self == .sealed ? length ^ WireFormat.mask : length)
        out.writeInteger(UInt8(topic.utf8.count))
        out.writeString(topic)
        out.writeImmutableBuffer(payload)
        if self == .sealed { out.writeInteger(WireFormat.seal) }
    }

    /// Takes a frame off `bytes`; `nil` if it is not complete.
    func readFrame(_ bytes: inout ByteBuffer) -> Frame? {
        guard let word = bytes.getInteger(at: bytes.readerIndex, as: UInt32.self) else { return nil }
        let length = Int(self == .sealed ? word ^ WireFormat.mask : word)
        guard bytes.readableBytes >= 4 + length + (self == .sealed ? 1 : 0) else { return nil }
        bytes.moveReaderIndex(forwardBy: 4)
        guard var body = bytes.readSlice(length: length) else { return nil }
        if self == .sealed, bytes.readInteger(as: UInt8.self) != WireFormat.seal { return nil }
        guard let size = body.readInteger(as: UInt8.self), let topic = body.readString(length: Int(size)) else {
            return nil
        }
        return Frame(topic: topic, payload: body)
    }

    /// The encoding that a session of this format is opened with.
    var encoding: Encoding { WireFormat.encodings[Int(rawValue)] }

    private static let mask: UInt32 = 0xA5A5_5A5A
    private static let seal: UInt8 = 0x7E
    private static let encodings = allCases.map { format in Encoding("\(format)") { Encoder(format: format) } }

    private final class Encoder: MessageEncoder {
        let format: WireFormat

        init(format: WireFormat) { self.format = format }

        func encode(_ message: Message, topic: String, into out: inout ByteBuffer) {
            guard format.writes(message) else { return }
            format.encode(message.notice.map(WireFormat.payload) ?? message.payload, topic: topic, into: &out)
        }
    }
}
