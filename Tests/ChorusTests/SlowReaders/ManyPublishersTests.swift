import Chorus
import ChorusCore
import ChorusTesting
import NIOCore
import Synchronization
import Testing
import WebSocketWire

@Suite("Many publishers of one topic")
struct ManyPublishersTests {
    @Test("together they cannot publish more than the window while an event loop is behind")
    func bounded() async throws {
        let hub = Hub(configuration: .init(defaults: Namespace(window: Window(bytes: 1 << 20))))
        try await serve(hub: hub, configure: { $0.eventLoops = 1 }) { test in
            var deflated = ByteBuffer()
            Deflater().deflate(ByteBuffer(repeating: 7, count: 1_000_000), into: &deflated)
            let frame = ClientFrame(opcode: 2, payload: Array(deflated.readableBytesView), rsv: 4)
            var clients: [RawSocket] = []
            let offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n"
            for _ in 0..<12 { clients.append(try await RawSocket.open(try await test.raw(), "/ws/big", offer)) }
            let most = Mutex(0)
            let watching = Task {
                while !Task.isCancelled {
                    most.withLock { $0 = max($0, hub.keptBytes) }
                    await Task.yield()
                }
            }
            for client in clients { try await client.send(frame) }
            for client in clients {
                for _ in 0..<12 {
                    let message = try await client.next(within: 40)
                    #expect(message.opcode == 2 && message.flags == 0xC0)
                }
            }
            watching.cancel()
            await watching.value
            #expect(most.withLock { $0 } <= 3 << 20)
        }
    }
}
