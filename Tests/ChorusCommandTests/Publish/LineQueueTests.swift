import ChorusCommand
import ChorusTesting
import NIOCore
import Synchronization
import Testing

@Suite("Lines on their way to the publisher")
struct LineQueueTests {
    private func lines(_ numbers: ClosedRange<Int>, size: Int = 1) -> [LineQueue.Line] {
        numbers.map { LineQueue.Line(number: $0, text: ByteBuffer(repeating: 0x78, count: size)) }
    }

    @Test("they come out in their order, at most so many at once, and then the end")
    func order() async throws {
        let queue = LineQueue()
        await queue.put(lines(1...3))
        await queue.put([])
        await queue.put(lines(4...5))
        queue.finish()
        #expect(await queue.take(2, bytes: 100)?.map(\.number) == [1, 2])
        #expect(await queue.take(1, bytes: 100)?.map(\.number) == [3])
        #expect(await queue.take(9, bytes: 100)?.map(\.number) == [4, 5])
        #expect(await queue.take(9, bytes: 100) == nil)
        #expect(await queue.take(9, bytes: 100) == nil)
    }

    @Test("no further one is taken when there are as many bytes, but always one")
    func bytes() async throws {
        let queue = LineQueue()
        await queue.put(lines(1...4, size: 10))
        await queue.put(lines(5...5, size: 1000))
        queue.finish()
        #expect(await queue.take(9, bytes: 20)?.map(\.number) == [1, 2])
        #expect(await queue.take(9, bytes: 11)?.map(\.number) == [3, 4])
        #expect(await queue.take(9, bytes: 1)?.map(\.number) == [5])
        #expect(await queue.take(9, bytes: 1) == nil)
    }

    @Test("who takes waits for lines, and for the end")
    func waiting() async throws {
        let queue = LineQueue()
        let taking = Task {
            var numbers: [Int] = []
            while let lines = await queue.take(10, bytes: 100) { numbers += lines.map(\.number) }
            return numbers
        }
        for number in 1...100 {
            await queue.put(lines(number...number))
            await Task.yield()
        }
        queue.finish()
        #expect(try await withTimeout { await taking.value } == Array(1...100))
    }

    @Test(
        "who puts waits while there are more than enough, and goes on when some are gone",
        arguments: [(10_000, 1), (2, 1 << 19)]
    )
    func bound(_ count: Int, _ size: Int) async throws {
        let queue = LineQueue()
        // all but one are no reason to wait
        await queue.put(lines(1...count - 1, size: size))
        let isDone = Flag()
        let reading = Task {
            await queue.put(lines(count...count, size: size))
            isDone.raise()
        }
        // it has time enough to be wrong
        try await Task.sleep(for: .milliseconds(50))
        #expect(!isDone.isRaised)
        #expect(await queue.take(1, bytes: 1)?.map(\.number) == [1])
        try await withTimeout { await reading.value }
        queue.finish()
        var left = 0
        while let lines = await queue.take(100, bytes: 1 << 30) { left += lines.count }
        #expect(left == count - 1)
    }

    @Test(
        "a fast reader and a slow publisher, or the other way round, lose and repeat nothing",
        arguments: [1, 7, 5000]
    )
    func pace(_ most: Int) async throws {
        let last = 50_000
        let queue = LineQueue()
        let reading = Task {
            var next = 1
            while next <= last {
                let count = min(1 + next * 31 % 97, last - next + 1)
                await queue.put(lines(next...next + count - 1))
                next += count
            }
            queue.finish()
        }
        var taken = 0
        var isInOrder = true
        while let lines = await queue.take(most, bytes: 1 << 20) {
            if lines.isEmpty || lines.count > most { isInOrder = false }
            for line in lines {
                taken += 1
                if line.number != taken { isInOrder = false }
            }
        }
        try await withTimeout { await reading.value }
        #expect(isInOrder)
        #expect(taken == last)
    }
}

/// Is raised once.
private final class Flag: Sendable {
    private let state = Mutex(false)

    var isRaised: Bool { state.withLock { $0 } }

    func raise() { state.withLock { $0 = true } }
}
