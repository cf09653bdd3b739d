/// A second WebSocket decoder, written in the simplest way: it has all bytes at once, copies freely, and asks the
/// standard library about UTF-8. What it finds is what the real one has to find.
struct ReferenceReader {
    var isServer: Bool
    var maximumMessageSize: Int
    var acceptsDeflate: Bool

    private var bytes: [UInt8] = []
    private var position = 0

    init(isServer: Bool, maximumMessageSize: Int, acceptsDeflate: Bool) {
        self.isServer = isServer
        self.maximumMessageSize = maximumMessageSize
        self.acceptsDeflate = acceptsDeflate
    }

    private enum Step {
        case event(Seen)
        case nothing
        case endOfBytes

        static func failure(_ code: UInt16) -> Step { .event(.failure(code)) }
    }

    private struct Message {
        var isText: Bool
        var isCompressed: Bool
        var payload: [UInt8] = []
    }

    mutating func readAll(_ bytes: [UInt8]) -> [Seen] {
        self.bytes = bytes
        position = 0
        var seen: [Seen] = []
        var message: Message?
        while true {
            switch readFrame(&message) {
            case .nothing: continue
            case .endOfBytes: return seen
            case .event(let event):
                seen.append(event)
                switch event {
                case .close, .failure: return seen
                default: continue
                }
            }
        }
    }

    private mutating func byte() -> UInt8? {
        guard position < bytes.count else { return nil }
        position += 1
        return bytes[position - 1]
    }

    /// As many bytes as there are, up to `count`.
    private mutating func some(_ count: UInt64) -> [UInt8] {
        var some: [UInt8] = []
        while some.count < count, let next = byte() { some.append(next) }
        return some
    }

    private mutating func readFrame(_ message: inout Message?) -> Step {
        guard let first = byte() else { return .endOfBytes }
        let (fin, rsv, opcode) = (first >= 0x80, (first >> 4) & 7, first & 15)
        guard [0, 1, 2, 8, 9, 10].contains(opcode) else { return .failure(1002) }
        guard rsv == 0 || (rsv == 4 && acceptsDeflate && (opcode == 1 || opcode == 2)) else { return .failure(1002) }
        guard opcode < 8 || fin else { return .failure(1002) }
        guard opcode >= 8 || (opcode == 0) == (message != nil) else { return .failure(1002) }
        guard let second = byte() else { return .endOfBytes }
        guard (second >= 0x80) == isServer else { return .failure(1002) }
        guard opcode < 8 || second & 0x7F <= 125 else { return .failure(1002) }
        var size = UInt64(second & 0x7F)
        if size > 125 {
            let lengthSize: UInt64 = size == 126 ? 2 : 8
            let length = some(lengthSize)
            guard length.count == lengthSize else { return .endOfBytes }
            size = length.reduce(0) { $0 << 8 | UInt64($1) }
        }
        guard size < 1 << 63 else { return .failure(1002) }
        if opcode == 1 || opcode == 2 {
            message = Message(isText: opcode == 1, isCompressed: rsv == 4)
        }
        if opcode < 8, let message {
            let slack = message.isCompressed ? maximumMessageSize / 8 + maximumMessageSize / 64 + 64 : 0
            guard size <= maximumMessageSize + slack - message.payload.count else { return .failure(1009) }
        }
        let mask = isServer ? some(4) : [0, 0, 0, 0]
        guard mask.count == 4 else { return .endOfBytes }
        var payload = some(size)
        for index in payload.indices { payload[index] ^= mask[index % 4] }
        let isWhole = payload.count == size
        guard opcode < 8 else {
            guard isWhole else { return .endOfBytes }
            return opcode == 9 ? .event(.ping(payload)) : opcode == 10 ? .event(.pong(payload)) : close(payload)
        }
        message?.payload += payload
        guard let current = message else { return .nothing }
        if current.isText, !current.isCompressed, !ReferenceUTF8.canBegin(current.payload) { return .failure(1007) }
        guard isWhole else { return .endOfBytes }
        guard fin else { return .nothing }
        message = nil
        return finish(current)
    }

    private func close(_ payload: [UInt8]) -> Step {
        if payload.isEmpty { return .event(.close(nil, "")) }
        guard payload.count > 1 else { return .failure(1002) }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        let registered: [UInt16] = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014]
        guard registered.contains(code) || code / 1000 == 3 || code / 1000 == 4 else { return .failure(1002) }
        guard let reason = String(validating: payload.dropFirst(2), as: UTF8.self) else { return .failure(1007) }
        return .event(.close(code, reason))
    }

    private func finish(_ message: Message) -> Step {
        var payload = message.payload
        if message.isCompressed {
            switch ReferenceInflate.inflate(payload, maximumSize: maximumMessageSize) {
            case .success(let inflated): payload = inflated
            case .failure(.corrupt): return .failure(1007)
            case .failure(.tooBig): return .failure(1009)
            }
        }
        if message.isText, !ReferenceUTF8.isValid(payload) { return .failure(1007) }
        return .event(message.isText ? .text(payload) : .binary(payload))
    }
}
