import ChorusCore
import JSONWire
import NIOCore

/// Something that the HTTP API does: the one place that says what it is called, which fields it has, what it gives and
/// what does it.
struct APIMethod: Sendable {
    let name: String
    /// What it does, in a sentence.
    let summary: String
    /// The fields of the request.
    let fields: [JSONSchema.Property]
    /// Of these fields one at least has to be there; empty where that does not matter.
    var oneOf: [String] = []
    /// What stands in `result`; by default nothing.
    var result = JSONSchema.nothing
    let perform: @Sendable (HTTPAPI, APIParameters) async throws(APIError) -> ByteBuffer

    /// All methods, in the order in which they are described.
    static let all: [APIMethod] = [
        publish, broadcast, history, historyRemove, presence, presenceStats, subscribe, unsubscribe, disconnect,
        refresh, connections, channels, info, rpc, revokeToken, invalidateUserTokens, batch,
    ]

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// `nil` when there is none of that name.
    static func named(_ name: String) -> APIMethod? { byName[name] }

    var isBatch: Bool { name == APIMethod.batch.name }
}

extension HTTPAPI {
    /// Does what a request asks for, and gives the value of `result`.
    func perform(_ method: APIMethod, _ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        do throws(APIError) {
            let result = try await method.perform(self, parameters)
            counters.count(method, isError: false)
            return result
        } catch {
            counters.count(method, isError: true)
            failures.log(error, method)
            throw error
        }
    }

    static let nothing = ByteBuffer(string: "{}")
}

extension JSONSchema {
    /// What methods give that have nothing to say.
    static let nothing = JSONSchema.object([])
}

/// Runs what the hub does, with the API's errors in place of its own.
func asAPI<Value>(_ body: () async throws(ChorusError) -> Value) async throws(APIError) -> Value {
    do throws(ChorusError) {
        return try await body()
    } catch {
        throw APIError(error)
    }
}
