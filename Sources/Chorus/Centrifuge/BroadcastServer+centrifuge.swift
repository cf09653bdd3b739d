import CentrifugeProtocol

extension BroadcastServer {
    /// Takes WebSocket connections of clients that speak the Centrifuge protocol: its SDKs for JavaScript, Swift, Dart,
    /// Java, Python, Go and C# connect unmodified. JSON by default; Protobuf by the subprotocol `centrifuge-protobuf`, or
    /// `?format=protobuf` (also `cf_protocol`). With `?cf_ws_frame_ping_pong=true` pings are those of WebSocket.
    ///
    /// The protocol's channels are topics: what clients may do there is said by their ``Namespace`` and by
    /// ``onSubscribe(_:)`` and ``onPublish(_:)``, and what they call by `rpc` by ``onRPC(_:_:)-(_,RPCHandler)``.
    public func centrifuge(
        at path: String = "/connection/websocket",
        _ options: CentrifugeOptions = CentrifugeOptions()
    ) {
        let service = CentrifugeReceiver.Service(hub: hub, options: options)
        var endpoint = Endpoint(pattern: RoutePattern(path)) { request in CentrifugeReceiver(service, request) }
        // they show them in their connect command
        endpoint.takesTokens = false
        endpoint.subprotocols = ["centrifuge-json", "centrifuge-protobuf"]
        add(endpoint)
    }
}
