import Chorus
import ChorusCore
import ChorusTesting
import NIOCore
import NIOPosix
import Synchronization
import Testing

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The kernel takes what it has room for, wherever in a frame that ends.
@Suite("A write that is cut behind any byte")
struct CutEverywhereTests {
    /// Of a frame without mask: two bytes, and a payload of 20.
    private static let frame = 22

    /// The system's sockets with small send buffers, and where in a frame writes were cut.
    private final class SmallSockets: SocketWriting, Sendable {
        private struct State {
            var handles: Set<NIOBSDSocket.Handle> = []
            var cuts: Set<Int> = []
        }

        private let state = Mutex(State())

        var cuts: Set<Int> { state.withLock { $0.cuts } }

        func write(_ pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>, to socket: Socket) -> Socket.Outcome {
            state.withLock { state in
                guard state.handles.insert(socket.handle).inserted else { return }
                var size: Int32 = 4 << 10
                setsockopt(socket.handle, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
            }
            let outcome = socket.write(pieces)
            if case .taken(let count) = outcome, count < pieces.reduce(0, { $0 + $1.count }) {
                let place = Self.place(of: count, in: pieces)
                state.withLock { $0.cuts.formUnion(place) }
            }
            return outcome
        }

        /// Where in a frame of the usual size `offset` is; empty if it is in another.
        private static func place(
            of offset: Int,
            in pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>
        ) -> Set<Int> {
            let bytes = pieces.joined().prefix(offset + 2)
            var rest = Array(bytes)[...]
            var left = offset
            while rest.count >= 2 {
                let size = 2 + Int(rest[rest.startIndex + 1])
                guard left >= size else { return size == frame ? [left] : [] }
                left -= size
                rest = rest.dropFirst(size)
            }
            return []
        }
    }

    /// A payload that says its number.
    private static func payload(_ number: Int, size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number) & 0x7F }
    }

    private static func isLive(_ hub: Hub) async -> Bool {
        await withUnsafeContinuation { continuation in
            hub.shards[0].execute { continuation.resume(returning: $0.openSessions.allSatisfy(\.hasEverything)) }
        }
    }

    @Test("whole frames arrive, in order, whether it was a live write or one that catches up", .timeLimit(.minutes(2)))
    func everywhere() async throws {
        let hub = Hub(configuration: .init(defaults: Namespace(window: Window(bytes: 64 << 20))))
        try await serve(hub: hub, configure: { ($0.eventLoops, $0.keepAlive) = (1, nil) }) { test in
            let socket = try SlowSocket(port: test.port, receiveBuffer: 2 << 10)
            try socket.write(Array(RawSocket.request("/ws/cut").utf8))
            try await NIOThreadPool.singleton.runIfActive {
                var head: [UInt8] = []
                while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) { head += try socket.read(1) }
            }
            try await test.expectSessions(1)
            let sockets = SmallSockets()
            for shard in hub.shards { shard.execute { $0.sockets = sockets } }

            let topic = try TopicName("cut")
            let everywhere = Set(0..<Self.frame)
            var published = 0
            for _ in 0..<1000 where !sockets.cuts.isSuperset(of: everywhere) {
                var expected: [UInt8] = []
                for position in 0..<400 {
                    // the kernel cuts where its segments end: others move what lies there
                    let size = position % 8 == 0 ? Int.random(in: 0...125) : Self.frame - 2
                    let payload = Self.payload(published, size: size)
                    published += 1
                    expected += [0x82, UInt8(size)] + payload
                    try await hub.publish(Message(.binary, ByteBuffer(bytes: payload)), to: topic)
                }
                let total = expected.count
                let received = try await NIOThreadPool.singleton.runIfActive {
                    var received: [UInt8] = []
                    while received.count < total {
                        let piece = try socket.read(.random(in: 1...min(700, total - received.count)))
                        guard !piece.isEmpty else { break }
                        received += piece
                    }
                    return received
                }
                guard received == expected else { throw TestFailure("the stream is broken near \(published)") }
                try await eventually("it is live again") { await Self.isLive(hub) }
            }
            #expect(sockets.cuts.isSuperset(of: everywhere), "not at \(everywhere.subtracting(sockets.cuts).sorted())")
        }
    }
}
