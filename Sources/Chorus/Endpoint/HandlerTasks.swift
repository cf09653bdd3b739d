import Synchronization

/// The tasks of the program's handlers and hooks that are running: a server that stops waits for them.
final class HandlerTasks: Sendable {
    private struct State: Sendable {
        var tasks: [Int: Task<Void, Never>] = [:]
        var last = 0
    }

    private let state = Mutex(State())

    /// How many are running.
    var count: Int { state.withLock { $0.tasks.count } }

    /// Runs `body` in a task of its own.
    func start(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        state.withLock { state in
            state.last += 1
            let number = state.last
            let task = Task {
                await body()
                self.remove(number)
            }
            state.tasks[number] = task
            return task
        }
    }

    private func remove(_ number: Int) { state.withLock { $0.tasks[number] = nil } }

    /// Cancels those that are still running.
    func cancelAll() {
        for task in state.withLock({ Array($0.tasks.values) }) { task.cancel() }
    }
}
