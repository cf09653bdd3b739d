import ChorusCore
import Synchronization

/// The tasks of the program's handlers that are running: a server that stops waits for them.
final class HandlerTasks: Sendable {
    private let tasks = Mutex<[SessionID: Task<Void, Never>]>([:])

    /// How many are running.
    var count: Int { tasks.withLock { $0.count } }

    /// Runs `body` in a task of its own.
    func start(_ id: SessionID, _ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        tasks.withLock { tasks in
            let task = Task {
                await body()
                self.remove(id)
            }
            tasks[id] = task
            return task
        }
    }

    private func remove(_ id: SessionID) { tasks.withLock { $0[id] = nil } }

    /// Cancels those that are still running.
    func cancelAll() {
        for task in tasks.withLock({ Array($0.values) }) { task.cancel() }
    }
}
