import HTTPTypes
public import Hummingbird
import JSONWire
import Logging
import NIOCore

extension HTTPAPI {
    /// Adds to a router: `POST path/METHOD`, `POST path` with a command a line, and `GET path/openapi.json`, which
    /// needs no key.
    ///
    /// - Parameter path: default `/api`.
    public func addRoutes<Context: RequestContext>(to router: some RouterMethods<Context>, at path: String = "/api") {
        let document = OpenAPIDocument(path: path).json
        router.post("\(path)/:method") { request, context in
            let name = context.parameters.get("method") ?? ""
            return await respond(to: request, context.logger) { body throws(APIError) in
                guard let method = APIMethod.named(name) else { throw .unknownPath }
                return try await answer(method, try HTTPAPI.parameters(body))
            }
        }
        router.post("\(path)") { request, context in
            await respond(to: request, context.logger) { body throws(APIError) in try await lines(body) }
        }
        for other in HTTPAPI.otherMethods {
            router.on("\(path)/:method", method: other) { _, context in
                let isDocument = context.parameters.get("method") == OpenAPIDocument.name
                if isDocument, other == .get || other == .head { return HTTPAPI.response(document) }
                return Response(status: .methodNotAllowed, headers: [.allow: isDocument ? "GET, HEAD" : "POST"])
            }
            router.on("\(path)", method: other) { _, _ in
                Response(status: .methodNotAllowed, headers: [.allow: "POST"])
            }
        }
    }

    // QUERY is a token (RFC 9110 section 5.6.2)
    private static let otherMethods: [HTTPRequest.Method] = [
        .get, .head, .put, .delete, .patch, .options, .trace, HTTPRequest.Method("QUERY")!,
    ]

    /// Answers if the request may be made: with what `answer` makes of its body, or with the error.
    private func respond(
        to request: Request,
        _ logger: Logger,
        _ answer: (ByteBuffer) async throws(APIError) -> ByteBuffer
    ) async -> Response {
        do throws(APIGuard.Refusal) {
            try gatekeeper.check(request)
        } catch {
            counters.refuse()
            logger.debug(
                "refused a request to the API",
                metadata: ["chorus.status": "\(error.status.code)", "chorus.reason": "\(error.reason)"]
            )
            return error.response
        }
        do throws(APIError) {
            return HTTPAPI.response(try await answer(try await body(of: request)))
        } catch {
            if error.isOfHTTP, !error.isTemporary { counters.refuse() }
            let asked = request.headers[.errorMode]?.lowercased()
            return HTTPAPI.response(error, errorMode == .transport || asked == "transport" ? .transport : .body)
        }
    }

    private func body(of request: Request) async throws(APIError) -> ByteBuffer {
        do {
            return try await request.body.collect(upTo: limits.bodySize)
        } catch is NIOTooManyBytesError {
            throw .tooLarge(limit: limits.bodySize)
        } catch {
            // the client has gone, and nobody reads this
            throw .malformed("the body does not come")
        }
    }

    private static func parameters(_ body: ByteBuffer) throws(APIError) -> APIParameters {
        // methods without fields may be asked without a body
        guard let parameters = APIParameters(try json(body.readableBytes == 0 ? nothing : body)) else {
            throw .malformed("the body is no JSON object")
        }
        return parameters
    }

    static func json(_ text: ByteBuffer) throws(APIError) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(text)
        } catch {
            throw .malformed("the body is no JSON: \(error)")
        }
    }

    private func answer(_ method: APIMethod, _ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        if method.isBatch { return try await batch(parameters) }
        let result = try await perform(method, parameters)
        return .jsonObject { $0.field("result", json: result) }
    }

    private static func response(_ error: APIError, _ mode: ErrorMode) -> Response {
        let status: HTTPResponse.Status = mode == .transport || error.isOfHTTP ? error.status : .ok
        var response = response(mode == .transport ? error.json : error.reply, status: status)
        if error.isTemporary { response.headers[.retryAfter] = "1" }
        return response
    }

    private static func response(_ json: ByteBuffer, status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, headers: [.contentType: "application/json"], body: .init(byteBuffer: json))
    }
}

extension APIGuard.Refusal {
    fileprivate var response: Response {
        Response(
            status: status,
            headers: [.contentType: "text/plain; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: reason + "\n"))
        )
    }
}
