import DequeModule
package import NIOCore
import Synchronization

/// Lines on their way from the one that reads them to the one that publishes them. Bounded: who reads waits while there
/// are more than enough.
package final class LineQueue: Sendable {
    /// A line without its end, and which one it is, from 1.
    package struct Line: Sendable {
        package let number: Int
        package let text: ByteBuffer

        package init(number: Int, text: ByteBuffer) {
            self.number = number
            self.text = text
        }
    }

    /// How the input has ended.
    package struct Ending: Sendable {
        /// Why, if not with its end.
        package var failure: (any Error)?
        /// So many lines were left out, because they were too long.
        package var skipped = 0

        package init(failure: (any Error)? = nil, skipped: Int = 0) {
            self.failure = failure
            self.skipped = skipped
        }
    }

    private struct State: Sendable {
        var lines: Deque<Line> = []
        var bytes = 0
        var isFinished = false
        var ending = Ending()
        var reader: CheckedContinuation<Void, Never>?
        var publisher: CheckedContinuation<Void, Never>?

        var isFull: Bool { bytes >= LineQueue.maximumBytes || lines.count >= LineQueue.maximumLines }
    }

    private static let maximumBytes = 1 << 20
    private static let maximumLines = 10_000

    private let state = Mutex(State())

    package init() {}

    /// Adds lines, and waits until there is room for more.
    package func put(_ lines: [Line]) async {
        state.withLock { state in
            for line in lines {
                state.lines.append(line)
                state.bytes += line.text.readableBytes
            }
            state.publisher.take()?.resume()
        }
        await withCheckedContinuation { continuation in
            let hasRoom = state.withLock { state in
                if state.isFull { state.reader = continuation }
                return !state.isFull
            }
            if hasRoom { continuation.resume() }
        }
    }

    /// How the input has ended; only after its end.
    package var ending: Ending { state.withLock { $0.ending } }

    /// Nothing follows.
    package func finish(_ ending: Ending = Ending()) {
        state.withLock { state in
            state.isFinished = true
            state.ending = ending
            state.publisher.take()?.resume()
        }
    }

    /// The next lines, at least one, waiting for it; `nil` at the end.
    ///
    /// - Parameters:
    ///   - count: the most lines.
    ///   - bytes: no further line when there are as many.
    package func take(_ count: Int, bytes: Int) async -> [Line]? {
        while true {
            let (lines, isEnd) = state.withLock { state -> ([Line], Bool) in
                var lines: [Line] = []
                var size = 0
                while lines.count < count, size < bytes, let line = state.lines.popFirst() {
                    lines.append(line)
                    size += line.text.readableBytes
                }
                state.bytes -= size
                if !state.isFull { state.reader.take()?.resume() }
                return (lines, state.isFinished && state.lines.isEmpty)
            }
            if !lines.isEmpty { return lines }
            if isEnd { return nil }
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if state.lines.isEmpty, !state.isFinished {
                        state.publisher = continuation
                        return false
                    }
                    return true
                }
                if isReady { continuation.resume() }
            }
        }
    }
}
