public import ChorusCore
import JSONWire
import NIOCore
import Synchronization

extension APIMethod {
    static let rpc = APIMethod(
        name: "rpc",
        summary: "Calls a procedure of the program.",
        fields: [ProcedureFields.method.required, ProcedureFields.params.optional],
        result: .object([
            .optional("data", .any, "What it has returned, unless that was binary."),
            .optional("b64data", .string(), "What it has returned, if it was binary, in base64."),
        ])
    ) { api, parameters throws(APIError) in try await api.rpc(parameters) }
}

private enum ProcedureFields {
    static let method = APIField<String>.string("method", "Its name.")
    static let params = APIField<JSONValue>("params", .any, rule: "", "What it is called with.") { $0 }
}

extension HTTPAPI {
    /// What backends can call by `rpc`: takes one JSON value, `null` where there was none, and returns a message.
    public typealias Procedure = @Sendable (Message) async throws -> Message

    final class Procedures: Sendable {
        private let named = Mutex<[String: Procedure]>([:])

        subscript(_ name: String) -> Procedure? {
            get { named.withLock { $0[name] } }
            set { named.withLock { $0[name] = newValue } }
        }
    }

    /// Offers a procedure to backends. What it throws is answered with the code of a ``ChorusError``, and 100 for all
    /// else. A second one of the same name replaces the first.
    ///
    /// ```swift
    /// api.onRPC("topics") { _ in Message("\(hub.topicCount)") }
    /// ```
    public func onRPC(_ method: String, _ procedure: @escaping Procedure) { procedures[method] = procedure }

    /// `rpc`: calls a procedure of the program; 104 when there is none of that name.
    func rpc(_ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        guard let procedure = procedures[try parameters.require(ProcedureFields.method)] else { throw .methodNotFound }
        let data = try parameters[ProcedureFields.params]?.compact ?? ByteBuffer(string: "null")
        let answer: Message
        do {
            // a copy: the slice would keep all of the request
            answer = try await procedure(Message(.json, ByteBuffer(bytes: data.readableBytesView)))
        } catch let error as ChorusError {
            throw APIError(error)
        } catch {
            throw .unexpected(error)
        }
        return .jsonObject { $0.payload(of: answer) }
    }
}
