import Chorus
import ChorusTesting
import ClientSupport

/// What the API says of itself, against which every answer is held.
enum APIContract {
    /// The document that `/api/openapi.json` gives.
    static let document = Result { try JSON(parsing: String(buffer: OpenAPIDocument().json)) }

    /// Throws when a method answers what it does not say.
    static func check(_ answer: APIAnswer, to method: String) throws {
        let document = try document.get()
        guard let operation = document["paths"]?["/\(method)"]?["post"] else { return }
        guard let response = operation["responses"]?["\(answer.status)"], let content = response["content"]?.fields
        else { throw TestFailure("\(method) does not say that it may answer \(answer.status)") }
        let type = answer.http.header("Content-Type")?.prefix { $0 != ";" } ?? ""
        guard let schema = content[String(type)]?["schema"] else {
            throw TestFailure("\(method) does not say that \(answer.status) may be \(type)")
        }
        let value = answer.json ?? .text(answer.http.body)
        let problems = JSONSchemaCheck(document: document).problems(value, schema, at: method)
        guard problems.isEmpty else {
            throw TestFailure("\(answer.http.body): \(problems.joined(separator: "; "))")
        }
    }
}
