import ChorusCore
import NIOCore

extension Settings {
    /// What makes no sense together, though each value alone does.
    ///
    /// - Parameter places: where values come from, by key.
    func contradictions(_ places: [String: SettingPlace]) -> [ConfigurationProblem] {
        var problems: [ConfigurationProblem] = []
        func report(_ key: String, _ message: String) {
            problems.append(ConfigurationProblem(places[key] ?? .standard, message))
        }
        if (listen.certificate == nil) != (listen.key == nil) {
            report(
                listen.certificate == nil ? "tls.key" : "tls.certificate",
                "the certificate and its key belong together"
            )
        }
        if centrifuge.pingInterval > .zero, centrifuge.pongTimeout >= centrifuge.pingInterval {
            let key = places["centrifuge.pong_timeout"] == nil ? "centrifuge.ping_interval" : "centrifuge.pong_timeout"
            report(key, "the time to answer a ping (centrifuge.pong_timeout) must be shorter than that between pings")
        }
        do throws(ChorusError) {
            try hubConfiguration().validate()
        } catch {
            report("namespaces", error.message)
        }
        return problems
    }
}

extension TopicSettings {
    /// Why topics cannot have this namespace; `nil` if they can.
    static func problem(withName name: String) -> String? {
        do throws(ChorusError) {
            return try TopicName(name).namespace == nil ? nil : "it has a colon"
        } catch {
            return error.message
        }
    }
}
