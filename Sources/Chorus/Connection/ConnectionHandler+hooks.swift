import ChorusCore
import Logging
import NIOCore
import Synchronization
import WebSocketWire

extension ConnectionHandler {
    /// Asks the program about something that an open client wants. Nothing more is taken from the client before it is
    /// done: until `answered` has called ``questionEnded()``, or `refused` has returned.
    ///
    /// - Parameter size: how many bytes of what the client has sent it is about.
    func ask<Answer: Sendable>(
        size: Int,
        _ question: @escaping @Sendable () async throws -> Answer,
        answered: @escaping (ConnectionHandler, Answer) -> Void,
        refused: @escaping (ConnectionHandler, PublishRefusal) -> Void
    ) {
        ask(size: size, question) { connection, answer in
            switch answer {
            case .success(let answer): answered(connection, answer)
            case .failure(let error):
                // first, because a refusal may end the session, which gives up open questions
                connection.question = nil
                refused(connection, PublishRefusal(connection.logged(error)))
                connection.resume(.turn)
            }
        }
    }

    /// The same; `answered` is given what was thrown, too, and lets go of ``question`` itself. Nothing more is taken until
    /// ``resume(_:)`` with `.turn`.
    func ask<Answer: Sendable>(
        size: Int,
        _ question: @escaping @Sendable () async throws -> Answer,
        answered: @escaping (ConnectionHandler, Result<Answer, any Error>) -> Void
    ) {
        pause(.turn)
        self.question = HookCall.start(on: loop, size: size, question) { [weak self] answer in
            if let self { answered(self, answer) }
        }
    }

    /// On with what the client has sent.
    func questionEnded() {
        question = nil
        resume(.turn)
    }

    /// Nobody wants to know any more. Returns whether there was a question.
    @discardableResult
    func cancelQuestion() -> Bool {
        guard let question = question.take() else { return false }
        question.cancel()
        return true
    }

    /// Says in the log, once a minute, what the program did not mean to throw, and that it takes too long.
    func logged(_ error: any Error) -> any Error {
        guard !(error is Refusal), !(error is HandshakeRefusal), loop.core.hookLine.withLock({ $0.allows(at: .now()) })
        else {
            return error
        }
        loop.core.logger.error("a hook failed", metadata: ["chorus.error": "\(error)"])
        return error
    }
}
