import ChorusClient
import ChorusTesting

/// Follows a topic in a task of its own, and tells what it was told, one after the other.
final class Subscriber: Sendable {
    /// What an iteration gives.
    enum Step: Sendable {
        case event(TopicEvent)
        case failure(any Error)
        case end
    }

    private let task: Task<Void, Never>
    private let steps: AsyncStream<Step>

    init(_ subscription: TopicSubscription) {
        let (steps, newSteps) = AsyncStream.makeStream(of: Step.self)
        self.steps = steps
        task = Task {
            do {
                for try await event in subscription { newSteps.yield(.event(event)) }
                newSteps.yield(.end)
            } catch {
                newSteps.yield(.failure(error))
            }
            newSteps.finish()
        }
    }

    deinit { task.cancel() }

    func cancel() { task.cancel() }

    /// What comes next. For one task.
    func next(within seconds: Double = 20) async throws -> Step {
        try await withTimeout(seconds, "a step of the subscription") { [steps] in
            for await step in steps { return step }
            throw TestFailure("the subscription has ended already")
        }
    }

    /// The next event; anything else is a failure of the test.
    func event() async throws -> TopicEvent {
        switch try await next() {
        case .event(let event): return event
        case .failure(let error): throw TestFailure("expected an event, got \(error)")
        case .end: throw TestFailure("expected an event, got the end")
        }
    }

    /// The next thing has to be the end, by this error.
    func failure() async throws -> WebSocketClientError {
        let step = try await next()
        if case .failure(let error as WebSocketClientError) = step { return error }
        throw TestFailure("expected a failure, got \(step)")
    }

    /// Passes over events up to the end, which must not be a failure.
    func end() async throws {
        while true {
            switch try await next() {
            case .event: continue
            case .failure(let error): throw TestFailure("expected the end, got \(error)")
            case .end: return
            }
        }
    }

    /// Passes over events up to one that is told in these words (``TopicEvent/brief``), but over no message and no gap.
    func pass(to brief: String) async throws {
        while true {
            let event = try await event()
            if event.brief == brief { return }
            switch event {
            case .message, .gap: throw TestFailure("expected \(brief), got \(event.brief)")
            case .subscribed, .notice, .disconnected: continue
            }
        }
    }

    /// The text of the next message; a gap in front of it is a failure of the test.
    func text() async throws -> String { try await message().text }

    /// The next message; a gap in front of it is a failure of the test.
    func message() async throws -> TopicMessage {
        while true {
            switch try await event() {
            case .message(let message): return message
            case .gap(let position, _):
                throw TestFailure("there is a gap up to \(position.map { "\($0)" } ?? "nowhere")")
            case .subscribed, .notice, .disconnected: continue
            }
        }
    }
}

extension TopicEvent {
    /// In few words: `message hi`, `subscribed 7:2`, `gap`, `notice join`, `disconnected`.
    var brief: String {
        switch self {
        case .message(let message): "message \(message.text)"
        case .subscribed(let position, _): position.map { "subscribed \($0)" } ?? "subscribed"
        case .gap(let position, _): position.map { "gap \($0)" } ?? "gap"
        case .notice(let name, _): "notice \(name)"
        case .disconnected: "disconnected"
        }
    }
}
