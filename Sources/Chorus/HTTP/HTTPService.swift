import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Hummingbird's router as what answers requests that are not for a WebSocket.
enum HTTPService {
    /// Makes a responder that runs `responder` for every request.
    static func responder<Responder: HTTPResponder>(
        _ responder: Responder,
        logger: Logger
    ) -> HTTPDetour.Responder where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
        { request, writer, channel in
            let context = Responder.Context(source: ApplicationRequestContextSource(channel: channel, logger: logger))
            var response: Response
            do {
                response = try await responder.respond(to: request, context: context)
            } catch {
                logger.debug("request failed", metadata: ["chorus.error": "\(error)"])
                response = Response(status: .internalServerError)
            }
            response.headers[.server] = "chorus"
            try await writer.write(response: response.head, body: response.body)
        }
    }
}
