import ChorusTesting
import NIOCore

/// A WebSocket spoken by hand: sees the server's frames as they are, and sends what no client would.
struct RawSocket: Sendable {
    struct Frame: Sendable, Equatable {
        var opcode: UInt8
        /// The first byte without the opcode: FIN and RSV.
        var flags: UInt8
        var payload: ByteBuffer

        var text: String { String(buffer: payload) }
        var closeCode: Int? {
            opcode == 8 ? payload.getInteger(at: payload.readerIndex, as: UInt16.self).map { Int($0) } : nil
        }
    }

    let client: RawClient

    /// A request that opens a WebSocket.
    static func request(_ path: String, _ headers: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\(headers)\r\n"
    }

    /// Makes the handshake on a connection.
    static func open(_ client: RawClient, _ path: String = "/ws", _ headers: String = "") async throws -> RawSocket {
        try await client.send(request(path, headers))
        let response = try await client.read(through: "\r\n\r\n")
        guard response.hasPrefix("HTTP/1.1 101 ") else { throw TestFailure("refused: \(response)") }
        return RawSocket(client: client)
    }

    func send(_ frames: ClientFrame...) async throws {
        var bytes = ByteBuffer()
        for frame in frames { bytes.writeImmutableBuffer(frame.bytes) }
        try await client.send(bytes)
    }

    /// The next frame of the server, whatever it is.
    func next(within seconds: Double = 10) async throws -> Frame {
        var bytes = try await client.read(within: seconds) { $0.serverFrameSize(at: $0.readerIndex) }
        guard let frame = bytes.readServerFrame() else { throw TestFailure("no frame") }
        return frame
    }

    /// The next frame has to be a whole text message with these words.
    func expect(_ text: String) async throws {
        let frame = try await next()
        guard frame.opcode == 1, frame.flags == 0x80, frame.text == text else {
            throw TestFailure("expected \(text), got opcode \(frame.opcode): \(frame.text.prefix(100))")
        }
    }

    /// The next frame has to close with this code; then the server ends its side. Returns the reason.
    @discardableResult
    func expectClose(_ code: Int, within seconds: Double = 10) async throws -> String {
        let frame = try await next(within: seconds)
        guard frame.closeCode == code else {
            throw TestFailure("expected a close with \(code), got opcode \(frame.opcode), \(frame.closeCode ?? 0)")
        }
        let (rest, end) = try await client.readToEnd(within: seconds)
        guard rest.readableBytes == 0, end == .closed else {
            throw TestFailure("after the close: \(rest.readableBytes) bytes, \(end)")
        }
        return String(decoding: frame.payload.readableBytesView.dropFirst(2), as: UTF8.self)
    }
}

extension ByteBuffer {
    /// The size of the frame that begins at `start`, when all of it is there.
    func serverFrameSize(at start: Int) -> Int? {
        guard let second = getInteger(at: start + 1, as: UInt8.self) else { return nil }
        let size: Int?
        switch second {
        case 126: size = getInteger(at: start + 2, as: UInt16.self).map { Int($0) + 4 }
        case 127: size = getInteger(at: start + 2, as: UInt64.self).map { Int($0) + 10 }
        case 128...: preconditionFailure("a server does not mask")
        case let short: size = Int(short) + 2
        }
        return size.flatMap { start + $0 <= writerIndex ? $0 : nil }
    }

    /// Takes the frame at the front, when all of it is there.
    mutating func readServerFrame() -> RawSocket.Frame? {
        guard let size = serverFrameSize(at: readerIndex), var bytes = readSlice(length: size) else { return nil }
        guard let first = bytes.readInteger(as: UInt8.self), let second = bytes.readInteger(as: UInt8.self) else {
            return nil
        }
        bytes.moveReaderIndex(forwardBy: second == 126 ? 2 : second == 127 ? 8 : 0)
        return RawSocket.Frame(opcode: first & 0x0F, flags: first & 0xF0, payload: bytes.slice())
    }
}

/// How many bytes at the front are whole frames; `nil` for none.
@Sendable func wholeFrames(_ received: ByteBuffer) -> Int? {
    var end = received.readerIndex
    while let size = received.serverFrameSize(at: end) { end += size }
    return end > received.readerIndex ? end - received.readerIndex : nil
}
