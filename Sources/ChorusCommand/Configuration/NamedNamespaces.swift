import ChorusCore

/// What the options `--publish`, `--no-publish`, `--latest` and `--json` say of whole namespaces.
package struct NamedNamespaces: Sendable {
    /// Clients may publish there; `*` for everywhere.
    package var publishable: [String] = []
    /// Clients may publish nowhere.
    package var isClosed = false
    package var latest: [String] = []
    package var json: [String] = []

    package init() {}

    /// All names, each once and in the order of the options.
    var names: [String] {
        var names: [String] = []
        for name in publishable + latest + json where name != "*" && !names.contains(name) { names.append(name) }
        return names
    }

    /// Who may publish to topics of which the options say nothing by name; `nil` if that is not said.
    func apply(to topics: inout TopicSettings) {
        if isClosed || !(publishable.isEmpty || publishable.contains("*")) {
            topics.publishers = .server
        } else if publishable.contains("*") {
            topics.publishers = .anyone
        }
    }

    /// What they say of one namespace.
    func apply(toNamed namespace: inout TopicSettings) {
        if isClosed { namespace.publishers = .server }
        if publishable.contains(namespace.name) { namespace.publishers = .anyone }
        if latest.contains(namespace.name) { namespace.keepsLatest = true }
        if json.contains(namespace.name) { namespace.payload = .json }
    }
}
