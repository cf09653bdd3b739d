import Chorus
import NIOCore
import Testing

@Suite("Receive buffers")
struct ReceiveBuffersTests {
    private func size(_ buffers: ReceiveBuffers) -> Int { buffers.buffer(allocator: ByteBufferAllocator()).capacity }

    @Test("small reads go into the buffer that is kept; more, as long as there is more, into larger ones")
    func sizes() {
        var buffers = ReceiveBuffers()
        #expect(size(buffers) == 32)
        func isLarger(_ count: Int) -> Bool { buffers.record(actualReadBytes: count) }
        #expect(!isLarger(31))
        #expect(isLarger(32))
        var sizes: [Int] = []
        for _ in 0..<5 {
            sizes.append(size(buffers))
            #expect(isLarger(size(buffers)))
        }
        #expect(sizes == [1 << 10, 4 << 10, 16 << 10, 64 << 10, 64 << 10])
        #expect(isLarger(100))
        #expect(size(buffers) == 16 << 10)
        #expect(!isLarger(1))
        #expect(size(buffers) == 32)
    }

    @Test("NIO keeps them where it is, and not in memory of their own")
    func layout() { #expect(MemoryLayout<ReceiveBuffers>.size <= 3 * MemoryLayout<Int>.size) }
}
