package import CentrifugeProtocol
package import ChorusCore
import JSONWire
package import NIOCore
import WebSocketWire

/// Messages as pushes of the Centrifuge protocol, one WebSocket frame each.
package final class CentrifugeEncoder: MessageEncoder {
    /// What a subscription receives.
    package struct Variant: OptionSet, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Payloads, until the client has one that others can be a difference to: then ``delta``.
        package static let newcomer = Variant(rawValue: 1)
        /// What distinguishes each payload from the one before, where that is less (Fossil's delta format).
        package static let delta = Variant(rawValue: 2)
        /// Not who joins and leaves.
        package static let withoutMembers = Variant(rawValue: 4)
    }

    private let wire: CentrifugeFormat
    private let variant: Variant
    private var frames: FramePacker
    private var push = ByteBuffer()
    private let writer: ReplyWriter

    /// - Parameter windowBits: compress with a window of 2 to this power; `nil` for not at all.
    package init(_ wire: CentrifugeFormat, _ variant: Variant = [], windowBits: Int?) {
        self.wire = wire
        self.variant = variant
        self.frames = FramePacker(windowBits: windowBits)
        self.writer = ReplyWriter(format: wire)
    }

    package var readsPrevious: Bool { variant.contains(.delta) }

    package func encode(_ message: Message, topic: String, into out: inout ByteBuffer) {
        encode(message, after: nil, topic: topic, into: &out)
    }

    package func encode(_ message: Message, after previous: Message?, topic: String, into out: inout ByteBuffer) {
        push.clear()
        switch message.notice {
        case nil where topic.isEmpty:
            // for this client alone (`hub.send(_:toUser:)`)
            write(.push(channel: "", .message(message.data(for: wire))))
        case nil:
            var publication = CentrifugeProtocol.Publication(message, wire)
            if !variant.isDisjoint(with: [.newcomer, .delta]) { change(&publication, after: previous) }
            write(.push(channel: topic, .publication(publication)))
        case .some where variant.contains(.withoutMembers): break
        case .joined(let members, _):
            for member in members { write(.push(channel: topic, .join(ClientInfo(member)))) }
        case .left(let members, _):
            for member in members { write(.push(channel: topic, .leave(ClientInfo(member)))) }
        case .present: break
        }
        guard push.readableBytes > 0 else { return }
        frames.write(wire.opcode, push, into: &out)
    }

    /// Where deltas were agreed on, JSON clients receive strings: the text of the payload, or the delta.
    private func change(_ publication: inout CentrifugeProtocol.Publication, after previous: Message?) {
        if let previous {
            let delta = FossilDelta.encode(from: previous.data(for: wire), to: publication.data)
            if delta.readableBytes < publication.data.readableBytes {
                publication.data = delta
                publication.delta = true
            }
        }
        if wire == .json { publication.data = ByteBuffer(jsonString: publication.data) }
    }

    private func write(_ reply: Reply) { writer.write(reply, into: &push, isFirst: push.readableBytes == 0) }
}

extension Encoding {
    /// Pushes of the Centrifuge protocol, not compressed, or with the window that the client allows.
    ///
    /// - Parameter windowBits: 0 for not compressed.
    package static func centrifuge(_ wire: CentrifugeFormat, windowBits: Int) -> Encoding {
        let all = wire == .json ? json : protobuf
        return windowBits == 0 ? all[0] : all[min(max(windowBits, 8), 15) - 7]
    }

    private static let json = make(.json)
    private static let protobuf = make(.protobuf)

    private static func make(_ wire: CentrifugeFormat) -> [Encoding] {
        let windows: [Int?] = [nil] + Array(8...15)
        return windows.map { bits in
            Encoding("centrifuge \(wire), window bits \(bits ?? 0)") { variant in
                CentrifugeEncoder(wire, CentrifugeEncoder.Variant(rawValue: variant), windowBits: bits)
            }
        }
    }
}

extension ClientInfo {
    init(_ member: Member) {
        self.init(
            user: member.user ?? "",
            client: member.id,
            connInfo: member.connectionInfo,
            chanInfo: member.info
        )
    }
}

extension CentrifugeProtocol.Publication {
    init(_ message: Message, _ wire: CentrifugeFormat) {
        self.init(
            data: message.data(for: wire),
            info: message.from.map { ClientInfo($0.member) },
            offset: message.offset,
            tags: message.tags
        )
        // so that who gets a string can tell what it stands for
        if message.kind == .binary, wire == .json { tags["encoding"] = "base64" }
    }
}

extension Message {
    /// The payload as clients of the Centrifuge protocol receive it: text as a JSON string, JSON as it is, binary as it
    /// is, or as a base64 string in JSON.
    func data(for wire: CentrifugeFormat) -> ByteBuffer {
        switch (kind, wire) {
        case (.text, _): return ByteBuffer(jsonString: payload)
        case (.json, _), (.binary, .protobuf): return payload
        case (.binary, .json):
            var data = ByteBuffer()
            data.writeInteger(UInt8(ascii: "\""))
            data.writeBase64(payload.readableBytesView)
            data.writeInteger(UInt8(ascii: "\""))
            return data
        }
    }
}
