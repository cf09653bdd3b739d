import ChorusCore
import NIOCore

/// A question to the program with a time limit, asked from a connection's event loop. The answer, or that there was
/// none in time, comes back there, once, unless the question was cancelled.
final class HookCall: Timed {
    var wheelSlot: Int32 = -1
    var wheelIndex: Int32 = -1
    /// What it holds of what the client has sent, in bytes.
    let size: Int
    private let loop: ServerLoop
    private var completion: ((Result<any Sendable, any Error>) -> Void)?
    private var task: Task<Void, Never>?

    private init(_ loop: ServerLoop, size: Int, _ completion: @escaping (Result<any Sendable, any Error>) -> Void) {
        self.loop = loop
        self.size = size
        self.completion = completion
    }

    /// Asks.
    static func start<Answer: Sendable>(
        on loop: ServerLoop,
        size: Int = 0,
        time: TimeAmount? = nil,
        _ question: @escaping @Sendable () async throws -> Answer,
        _ completion: @escaping (Result<Answer, any Error>) -> Void
    ) -> HookCall {
        let call = HookCall(loop, size: size) { result in
            completion(
                result.map { answer in
                    // nobody else completes it
                    guard let answer = answer as? Answer else { preconditionFailure("an answer of another type") }
                    return answer
                }
            )
        }
        let bound = NIOLoopBound(call, eventLoop: loop.eventLoop)
        loop.shard.wheel.set(call, after: time ?? loop.configuration.limits.hookTime)
        call.task = loop.core.handlers.start {
            let answer: Result<any Sendable, any Error>
            do {
                answer = .success(try await question())
            } catch {
                answer = .failure(error)
            }
            // nobody waits any more, and the loop may be gone
            guard !Task.isCancelled else { return }
            bound.eventLoop.execute { bound.value.finish(answer) }
        }
        return call
    }

    func deadlineReached(now: NIODeadline) {
        loop.counters.lateHooks += 1
        task?.cancel()
        finish(.failure(HookTimeout()))
    }

    /// The answer is of no use any more.
    func cancel() {
        task?.cancel()
        completion = nil
        loop.shard.wheel.cancel(self)
    }

    private func finish(_ answer: Result<any Sendable, any Error>) {
        guard let completion = completion.take() else { return }
        loop.shard.wheel.cancel(self)
        completion(answer)
    }
}

/// A hook took too long.
struct HookTimeout: Error, CustomStringConvertible {
    var description: String { "a hook took longer than the limits allow" }
}
