public import ChorusCore

extension BroadcastServer {
    /// Answers a call: what it returns is the answer. Throw a ``Refusal`` to refuse it.
    public typealias RPCHandler = @Sendable (RPCRequest) async throws -> Message
    /// Takes what a client has sent without wanting an answer.
    public typealias SendHandler = @Sendable (RPCRequest) async throws -> Void

    /// Offers a procedure to clients that can call one (`rpc` of the Centrifuge protocol).
    ///
    /// ```swift
    /// server.onRPC("time") { _ in Message("\(ContinuousClock.now)") }
    /// ```
    ///
    /// Calls run in tasks of their own, several of a client at once (``CentrifugeOptions/callsPerConnection``), and
    /// ``Limits/calls`` of all. One that takes longer than ``CentrifugeOptions/callTime`` is cancelled, and the client
    /// gets error 100. What it throws becomes an error too: a ``Refusal`` with its words, anything else 100.
    ///
    /// - Parameter method: the procedure's name; may be empty. A second handler of the same name replaces the first.
    public func onRPC(_ method: String, _ handler: @escaping RPCHandler) {
        setHook { $0.procedures[method] = handler }
    }

    /// Offers a procedure that returns any value that becomes JSON.
    public func onRPC<Answer: Encodable & Sendable>(
        _ method: String,
        _ handler: @escaping @Sendable (RPCRequest) async throws -> Answer
    ) {
        onRPC(method) { request in try Message(json: try await handler(request)) }
    }

    /// Takes what clients send without wanting an answer (`send` of the Centrifuge protocol). Without this, such a
    /// client is closed (3508). Nothing more is taken from the client before it has returned.
    public func onSend(_ handler: @escaping SendHandler) { setHook { $0.onSend = handler } }
}
