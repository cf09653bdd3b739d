/// Names that a browser resolves to this machine whatever anybody's DNS says.
enum HostName {
    /// Whether a `Host` header names this machine: `localhost`, a name under it, or a loopback address.
    static func isLoopback(_ host: String) -> Bool {
        var name = Substring(host.lowercased())
        if name.hasPrefix("[") {
            name = name.dropFirst().prefix { $0 != "]" }
        } else if let colon = name.lastIndex(of: ":") {
            name = name[..<colon]
        }
        return name == "localhost" || name.hasSuffix(".localhost") || IPAddress(name)?.isLoopback ?? false
    }
}
