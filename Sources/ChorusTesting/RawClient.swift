public import NIOCore
import NIOPosix

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A plain connection that does to a server what no proper client would: half a request, garbage, silence, a reset.
///
/// Those who read throw ``TestFailure`` when it does not come within the limit, in seconds; the others throw the errors
/// of SwiftNIO.
///
/// ```swift
/// let client = try await RawClient.connect(port: 8000)
/// try await client.send("GET /ws HTTP/1.1\r\nHost: x\r\n\r\n")
/// let head = try await client.read(through: "\r\n\r\n")
/// ```
public final class RawClient: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<RawClientHandler>

    private init(channel: any Channel, handler: NIOLoopBound<RawClientHandler>) {
        self.channel = channel
        self.handler = handler
    }

    deinit {
        channel.close(promise: nil)
    }

    /// Connects over TCP.
    ///
    /// `receiveBuffer` bounds what the kernel takes in for a client that does not read; Linux doubles it and has a
    /// minimum of 2,304 bytes. With `reads: false` nothing is read before ``startReading()``. Throws NIO's error when
    /// nobody listens.
    public static func connect(
        host: String = "127.0.0.1",
        port: Int,
        receiveBuffer: Int? = nil,
        reads: Bool = true
    ) async throws -> RawClient {
        try await makeBootstrap(receiveBuffer, reads).connect(host: host, port: port) { makeClient($0) }
    }

    /// Connects to a Unix domain socket. Throws NIO's error when nobody listens.
    public static func connect(unixSocketPath: String, reads: Bool = true) async throws -> RawClient {
        try await makeBootstrap(nil, reads).connect(unixDomainSocketPath: unixSocketPath) { makeClient($0) }
    }

    private static func makeBootstrap(_ receiveBuffer: Int?, _ reads: Bool) -> ClientBootstrap {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: reads)
            .channelOption(.allowRemoteHalfClosure, value: true)
        // Before the connection, because it also decides what window is offered to the server.
        return receiveBuffer.map { bootstrap.channelOption(.socketOption(.so_rcvbuf), value: .init($0)) } ?? bootstrap
    }

    private static func makeClient(_ channel: any Channel) -> EventLoopFuture<RawClient> {
        channel.eventLoop.makeCompletedFuture {
            let handler = RawClientHandler(eventLoop: channel.eventLoop)
            try channel.pipeline.syncOperations.addHandler(handler)
            return RawClient(channel: channel, handler: NIOLoopBound(handler, eventLoop: channel.eventLoop))
        }
    }

    /// Sends bytes, and returns when the socket has taken them. Throws NIO's error when the connection is closed.
    public func send(_ bytes: ByteBuffer) async throws {
        try await channel.writeAndFlush(bytes)
    }

    /// Sends text, and returns when the socket has taken it. Throws NIO's error when the connection is closed.
    public func send(_ text: String) async throws {
        try await send(ByteBuffer(string: text))
    }

    /// Takes from what has been received as soon as `count` says how many bytes to take: it is shown all of them, at
    /// first and whenever more has come. Throws ``TestFailure`` when it has not said so before the end, or
    /// within the limit.
    public func read(
        within seconds: Double = 10,
        _ count: @escaping @Sendable (ByteBuffer) -> Int?
    ) async throws -> ByteBuffer {
        try await channel.eventLoop.flatSubmit { [handler] in
            handler.value.read(within: .milliseconds(Int64(seconds * 1_000)), count)
        }.get()
    }

    /// Takes as many bytes. Throws ``TestFailure`` when fewer come before the end, or within the limit.
    public func read(_ count: Int, within seconds: Double = 10) async throws -> ByteBuffer {
        try await read(within: seconds) { $0.readableBytes >= count ? count : nil }
    }

    /// Takes everything up to and including `end`. Throws ``TestFailure`` when it does not come.
    public func read(through end: String, within seconds: Double = 10) async throws -> String {
        let pattern = Array(end.utf8)
        let bytes = try await read(within: seconds) { received in
            let bytes = Array(received.readableBytesView)
            return bytes.indices.first { bytes[$0...].starts(with: pattern) }.map { $0 + pattern.count }
        }
        return String(buffer: bytes)
    }

    /// Waits for the end of the connection, and returns what was received and not taken. Throws ``TestFailure`` when
    /// the end does not come within the limit.
    public func readToEnd(within seconds: Double = 10) async throws -> (rest: ByteBuffer, end: End) {
        try await channel.eventLoop.flatSubmit { [handler] in
            handler.value.readToEnd(within: .milliseconds(Int64(seconds * 1_000)))
        }.get()
    }

    /// How the other side ended the connection, or the network did.
    public enum End: Sendable, Hashable {
        /// It sent a FIN; it may still read.
        case closed
        /// It sent a RST, or there was another error.
        case reset
        /// This side closed.
        case local
    }

    /// Reads no more; the kernel's buffers fill. Throws NIO's error when the connection is closed.
    public func stopReading() async throws {
        try await channel.setOption(.autoRead, value: false).get()
    }

    /// Reads again, or for the first time. Throws NIO's error when the connection is closed.
    public func startReading() async throws {
        try await channel.setOption(.autoRead, value: true).get()
    }

    /// Sends a FIN and goes on reading. Throws NIO's error when the connection is closed.
    public func halfClose() async throws {
        try await channel.close(mode: .output)
    }

    /// Closes at once and sends a RST instead of a FIN, as when a machine is switched off and on. Throws NIO's error
    /// when the connection is closed.
    public func reset() async throws {
        guard let options = channel as? any SocketOptionProvider else {
            throw TestFailure("the channel has no socket")
        }
        try await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await close()
    }

    /// Closes at once. What was not read makes the kernel send a RST. Throws NIO's error when the connection is
    /// closed already.
    public func close() async throws {
        channel.eventLoop.execute { [handler] in handler.value.isClosing = true }
        try await channel.close()
    }
}
