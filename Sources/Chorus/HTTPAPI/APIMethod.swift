import ChorusCore
import JSONWire
import NIOCore

/// What the HTTP API can do.
enum APIMethod: String, CaseIterable {
    case publish, broadcast, history, presence, info, batch
    case historyRemove = "history_remove"
    case presenceStats = "presence_stats"
}

extension HTTPAPI {
    /// Does what a request asks for, and gives the value of `result`.
    func perform(_ method: APIMethod, _ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        do throws(APIError) {
            let result = try await result(of: method, parameters)
            counters.count(method, isError: false)
            return result
        } catch {
            counters.count(method, isError: true)
            throw error
        }
    }

    private func result(of method: APIMethod, _ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        switch method {
        case .publish: try await publish(parameters)
        case .broadcast: try await broadcast(parameters)
        case .history: try await history(parameters)
        case .historyRemove: try await removeHistory(parameters)
        case .presence: try await presence(parameters)
        case .presenceStats: try await presenceStats(parameters)
        case .info: await info()
        case .batch: throw .badRequest("a batch cannot stand in a batch")
        }
    }

    /// Answers as if each were a request of its own: `{"result": …}` or `{"error": …}`.
    func answer(_ body: () async throws(APIError) -> ByteBuffer) async -> ByteBuffer {
        do throws(APIError) {
            let result = try await body()
            return .jsonObject { $0.field("result", json: result) }
        } catch {
            return .jsonObject { $0.field("error", json: error.json) }
        }
    }

    static let nothing = ByteBuffer(string: "{}")
}

/// Runs what the hub does, with the API's errors in place of its own.
func asAPI<Value>(_ body: () async throws(ChorusError) -> Value) async throws(APIError) -> Value {
    do throws(ChorusError) {
        return try await body()
    } catch {
        throw APIError(error)
    }
}
