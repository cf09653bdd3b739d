import ChorusCore
import Logging
import NIOCore
import WebSocketWire

extension ConnectionHandler {
    /// Asks the program about something that an open client wants. Nothing more is taken from the client before the answer.
    func ask<Answer: Sendable>(
        _ question: @escaping @Sendable () async throws -> Answer,
        answered: @escaping (ConnectionHandler, Answer) -> Void,
        refused: @escaping (ConnectionHandler, PublishRefusal) -> Void
    ) {
        pause(.turn)
        // it holds on to the connection: what had come before the client left is answered too
        _ = HookCall.start(on: loop, question) { answer in
            switch answer {
            case .success(let answer): answered(self, answer)
            case .failure(let error): refused(self, PublishRefusal(self.logged(error)))
            }
            self.resume(.turn)
        }
    }

    /// Says in the log, once a minute, what the program did not mean to throw, and that it takes too long.
    func logged(_ error: any Error) -> any Error {
        guard !(error is Refusal), !(error is HandshakeRefusal), loop.hookLine.allows(at: .now()) else { return error }
        loop.core.logger.error("a hook failed", metadata: ["chorus.error": "\(error)"])
        return error
    }
}
