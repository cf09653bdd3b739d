import ChorusClient
import ChorusTesting

/// The error of a connection that must not come to be.
func failureToConnect(
    to url: String,
    _ change: (inout WebSocketClientConfiguration) -> Void = { _ in }
) async throws -> WebSocketClientError {
    var configuration = WebSocketClientConfiguration()
    change(&configuration)
    return try await withTimeout { [configuration] in
        do throws(WebSocketClientError) {
            _ = try await WebSocketClient.connect(to: url, configuration: configuration)
        } catch {
            return error
        }
        throw TestFailure("there is a connection to \(url)")
    }
}
