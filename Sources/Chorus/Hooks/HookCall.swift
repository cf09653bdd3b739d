import ChorusCore
import NIOCore

/// A question to the program with a time limit, asked from a connection's event loop. The answer, or that there was none in time,
/// comes back there, once.
final class HookCall<Answer: Sendable>: Timed {
    var wheelSlot: Int32 = -1
    var wheelIndex: Int32 = -1
    private let loop: ServerLoop
    private var completion: ((Result<Answer, any Error>) -> Void)?
    private var task: Task<Void, Never>?

    private init(_ loop: ServerLoop, _ completion: @escaping (Result<Answer, any Error>) -> Void) {
        self.loop = loop
        self.completion = completion
    }

    /// Asks.
    static func start(
        on loop: ServerLoop,
        _ question: @escaping @Sendable () async throws -> Answer,
        _ completion: @escaping (Result<Answer, any Error>) -> Void
    ) -> HookCall {
        let call = HookCall(loop, completion)
        let bound = NIOLoopBound(call, eventLoop: loop.eventLoop)
        loop.shard.wheel.set(call, after: loop.core.configuration.limits.hookTime)
        call.task = Task {
            let answer: Result<Answer, any Error>
            do {
                answer = .success(try await question())
            } catch {
                answer = .failure(error)
            }
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

    private func finish(_ answer: Result<Answer, any Error>) {
        guard let completion = completion.take() else { return }
        loop.shard.wheel.cancel(self)
        completion(answer)
    }
}

/// A hook took too long.
struct HookTimeout: Error, CustomStringConvertible {
    var description: String { "a hook took longer than the limits allow" }
}
