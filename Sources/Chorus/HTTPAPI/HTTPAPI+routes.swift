import HTTPTypes
public import Hummingbird
import JSONWire
import Logging
import NIOCore

extension HTTPAPI {
    /// Adds `POST path/METHOD` to a router.
    ///
    /// - Parameter path: default `/api`.
    public func addRoutes<Context: RequestContext>(to router: some RouterMethods<Context>, at path: String = "/api") {
        let gatekeeper = APIGuard(access)
        router.post("\(path)/:method") { request, context in
            let method = context.parameters.get("method").flatMap(APIMethod.init(rawValue:))
            return await respond(to: request, method, gatekeeper, context.logger)
        }
        for other in [HTTPRequest.Method.get, .head, .put, .delete, .patch, .options] {
            router.on("\(path)/:method", method: other) { _, _ in
                Response(status: .methodNotAllowed, headers: [.allow: "POST"])
            }
        }
    }

    private func respond(
        to request: Request,
        _ method: APIMethod?,
        _ gatekeeper: APIGuard,
        _ logger: Logger
    ) async -> Response {
        do throws(APIGuard.Refusal) {
            try gatekeeper.check(request)
        } catch {
            counters.refuse()
            logger.debug(
                "refused a request to the API",
                metadata: ["chorus.status": "\(error.status.code)", "chorus.reason": "\(error.reason)"]
            )
            return Response(status: error.status, body: .init(byteBuffer: ByteBuffer(string: error.reason + "\n")))
        }
        guard let method else {
            counters.refuse()
            return HTTPAPI.response(.methodNotFound, status: .notFound)
        }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: limits.bodySize)
        } catch is NIOTooManyBytesError {
            counters.refuse()
            let error = APIError.badRequest("the body has at most \(limits.bodySize) bytes")
            return HTTPAPI.response(error, status: .contentTooLarge)
        } catch {
            // the client has gone
            return Response(status: .badRequest)
        }
        let parameters: APIParameters
        do {
            // methods without fields may be asked without a body
            parameters = try APIParameters(JSONValue(body.readableBytes == 0 ? HTTPAPI.nothing : body))
        } catch let error as JSONError {
            counters.refuse()
            return HTTPAPI.response(.badRequest("the body is no JSON: \(error)"), status: .badRequest)
        } catch {
            counters.refuse()
            return HTTPAPI.response(.badRequest("the body is no JSON object"), status: .badRequest)
        }
        let tellsByStatus = request.headers[.errorMode]?.lowercased() == "transport"
        return await respond(method, parameters, tellsByStatus: tellsByStatus)
    }

    private func respond(_ method: APIMethod, _ parameters: APIParameters, tellsByStatus: Bool) async -> Response {
        do throws(APIError) {
            if method == .batch { return HTTPAPI.response(try await batch(parameters)) }
            let result = try await perform(method, parameters)
            return HTTPAPI.response(.jsonObject { $0.field("result", json: result) })
        } catch {
            if tellsByStatus { return HTTPAPI.response(error.json, status: error.status, retry: error.isTemporary) }
            return HTTPAPI.response(error, status: error.isTemporary ? .serviceUnavailable : .ok)
        }
    }

    private static func response(_ error: APIError, status: HTTPResponse.Status) -> Response {
        response(.jsonObject { $0.field("error", json: error.json) }, status: status, retry: error.isTemporary)
    }

    private static func response(
        _ json: ByteBuffer,
        status: HTTPResponse.Status = .ok,
        retry: Bool = false
    ) -> Response {
        var headers: HTTPFields = [.contentType: "application/json"]
        if retry { headers[.retryAfter] = "1" }
        return Response(status: status, headers: headers, body: .init(byteBuffer: json))
    }
}
