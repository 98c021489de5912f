%% SPDX-License-Identifier: LGPL-2.1-or-later
%% What an installed ejabberd knows, asked of itself: a line for each top-level option, each module and listener, and
%% each of their options, with the type of its value where the validator tells it. Validators are closures of yconf and
%% econf: what they close over is what they look for. To be run as `erl -pa EBIN -s known main`; ./make does.
-module(known).
-export([main/0]).

main() ->
    logger:set_primary_config(level, none),
    _ = [application:ensure_all_started(A) || A <- [fast_yaml, p1_yaml, p1_utils, jiffy, xmpp, fast_tls, pkix]],
    application:load(ejabberd),
    %% Options of modules have defaults that depend on a configuration.
    ok = file:write_file("/tmp/known.yml", "hosts: [example.test]\nlanguage: en\n"),
    application:set_env(ejabberd, config, <<"/tmp/known.yml">>),
    os:putenv("EJABBERD_CONFIG_PATH", "/tmp/known.yml"),
    ok = ejabberd_config:load(),
    Beams = beams(),
    top(),
    lists:foreach(fun module/1, [M || M <- Beams, exports(M, mod_options, 1), exports(M, start, 2)]),
    lists:foreach(fun listener/1, [M || M <- Beams, exports(M, listen_options, 0), exports(M, start, 3) orelse
                                        exports(M, start_link, 3) orelse exports(M, udp_init, 2) orelse
                                        exports(M, accept, 1), M /= ejabberd_listener]),
    [row("handler " ++ atom_to_list(M), '', "", fun() -> any end) || M <- Beams, exports(M, process, 2) orelse exports(M, socket_handoff, 3)],
    lists:foreach(fun depends/1, [M || M <- Beams, exports(M, depends, 2), exports(M, mod_options, 1)]),
    old(Beams),
    halt().

%% What only old configurations have: ejabberd_config_transformer takes it away or makes another option of it. Its own
%% atoms are tried.
old(Beams) ->
    {ok, {_, [{atoms, Atoms}]}} = beam_lib:chunks(code:which(ejabberd_config_transformer), [atoms]),
    Names = [A || {_, A} <- Atoms],
    [row("-", A, "old", fun() -> old_type(A) end) || A <- Names, gone(A, fun(O) -> O end)],
    [row("module " ++ atom_to_list(M), A, "old", fun() -> old_type(A) end)
     || M <- Beams, exports(M, mod_options, 1), exports(M, start, 2), A <- Names,
        gone(A, fun(O) -> [{modules, [{M, O}]}] end)],
    [row("listener " ++ atom_to_list(M), A, "old", fun() -> old_type(A) end)
     || M <- [ejabberd_c2s, ejabberd_s2s_in, ejabberd_service, ejabberd_http, ejabberd_xmlrpc], A <- Names, A /= module,
        A /= port,
        gone(A, fun(O) -> [{listen, [[{port, 1}, {module, M} | O]]}] end)],
    [row("module " ++ atom_to_list(A), '', "old", fun() -> any end)
     || A <- Names, not lists:member(A, Beams), lists:prefix("mod_", atom_to_list(A)),
        gone(A, fun(O) -> [{modules, O}] end)].

%% What the transformer wants of it, or the option that takes its place.
old_type(Option) when Option == captcha; Option == register; Option == web_admin; Option == http_bind;
                      Option == http_poll; Option == xmlrpc -> {word, "bool"};
old_type(Option) when Option == certfile; Option == c2s_certfile; Option == s2s_certfile;
                      Option == domain_certfile -> {word, "text"};
old_type(extauth_instances) -> ejabberd_options:opt_type(extauth_pool_size);
old_type(deref_aliases) -> ejabberd_options:opt_type(ldap_deref_aliases);
old_type(_) -> any.

%% Whether a new option takes the place of one, or nothing does; what ejabberd crashes at is not taken.
gone(Option, Around) ->
    Values = [<<"x">>, true, 1, []],
    lists:any(fun(Value) ->
                      Given = [{hosts, [<<"example.test">>]} | Around([{Option, Value}])],
                      try ejabberd_config_transformer:map_reduce(Given) of
                          {ok, Made} -> not holds(Option, Made);
                          _ -> false
                      catch _:_ -> false
                      end
              end, Values).

holds(Option, Term) when Option == Term -> true;
holds(Option, Term) when is_tuple(Term) -> holds(Option, tuple_to_list(Term));
holds(Option, [First | Rest]) -> holds(Option, First) orelse holds(Option, Rest);
holds(_, _) -> false.

beams() ->
    case get(beams) of
        undefined ->
            Folder = filename:dirname(code:which(ejabberd_config)),
            put(beams, lists:sort([list_to_atom(filename:basename(F, ".beam"))
                                   || F <- filelib:wildcard(Folder ++ "/*.beam")])),
            get(beams);
        Beams -> Beams
    end.

exports(Module, Function, Arity) ->
    code:ensure_loaded(Module),
    erlang:function_exported(Module, Function, Arity).

%% Of more modules than ejabberd_options: auth methods and the like bring their own.
top() ->
    Modules = [ejabberd_options | [M || M <- beams(), exports(M, opt_type, 1), exports(M, options, 0),
                                        M /= ejabberd_options]],
    %% What ejabberd has taken apart before it looks at types.
    Early = [define_macro, define_keyword, include_config_file, host_config, append_host_config],
    [row("-", name(Option), place(name(Option)),
         fun() -> case lists:member(name(Option), Early) of
                      true -> any;
                      false when element(1, Option) == loglevel -> {word, level()};
                      false -> special(name(Option), Module:opt_type(name(Option)))
                  end end)
     || Module <- Modules, Option <- Module:options()].

%% The type of loglevel is a function of its own: it is tried.
level() ->
    Validator = ejabberd_options:opt_type(loglevel),
    Words = [none, emergency, alert, critical, error, warning, notice, info, debug],
    ["either(int(0,5),", enum([W || W <- Words, try Validator(W), true catch _:_ -> false end]), ")"].

%% Whether host_config may have it.
place(Option) ->
    case lists:member(Option, ejabberd_config:globals()) of
        true -> "global";
        false -> ""
    end.

name({Option, _}) -> Option;
name(Option) -> Option.

required({_, _}) -> "";
required(_) -> "required".

module(Module) ->
    row("module " ++ atom_to_list(Module), '', "", fun() -> any end),
    [row("module " ++ atom_to_list(Module), name(O), required(O), fun() -> special(name(O), Module:mod_opt_type(name(O))) end)
     || O <- Module:mod_options(<<"example.test">>)].

listener(Module) ->
    row("listener " ++ atom_to_list(Module), '', "", fun() -> any end),
    Options = ejabberd_listener:listen_options() ++ Module:listen_options(),
    [row("listener " ++ atom_to_list(Module), name(O), required(O),
         fun() ->
                 special(name(O), try Module:listen_opt_type(name(O))
                                  catch _:_ -> ejabberd_listener:listen_opt_type(name(O))
                                  end)
         end)
     || O <- Options].

%% Modules without which one does not start.
depends(Module) ->
    Defaults = maps:from_list([O || {_, _} = O <- Module:mod_options(<<"example.test">>)]),
    Needed = try Module:depends(<<"example.test">>, Defaults) catch _:_ -> [] end,
    [row("depends " ++ atom_to_list(Module), Other, "", fun() -> any end) || {Other, hard} <- Needed],
    [depends(Module, Defaults, Option, Needed) || Option <- maps:keys(Defaults)].

%% Backends are tried one by one, and need nothing beside.
quick(Fun) ->
    case erlang:fun_info(Fun, module) of
        {module, yconf} -> lists:flatten(type(Fun));
        _ -> "any"
    end.

%% What one value of an option needs beside: "needs mod_pubsub plugins=pep". Words of a list are binaries, others atoms.
depends(Module, Defaults, Option, Needed) ->
    Type = try quick(Module:mod_opt_type(Option)) catch _:_ -> "any" end,
    Words = case re:run(Type, "^(?:list|set)?\\(?enum\\(([^()]*)\\)", [{capture, [1], list}]) of
                {match, [Text]} -> string:split(Text, ",", all);
                nomatch when Type == "bool" -> ["true", "false"];
                nomatch -> []
            end,
    [row(["needs ", atom_to_list(Module), " ", atom_to_list(Option), "=", Word], Other, "", fun() -> any end)
     || Word <- Words, Value <- [list_to_atom(Word), [list_to_binary(Word)]],
        {Other, hard} <- try Module:depends(<<"example.test">>, Defaults#{Option => Value}) catch _:_ -> [] end,
        not lists:member({Other, hard}, Needed)].

%% Functions of a module's own, which tell nothing by themselves; most of these are known by their option.
special(auth_opts, _) ->
    {word, "options(basic_auth:quoted,connection_opts:either(list(any),map(any)),connection_pool_size:int(,),host:quoted,path_prefix:quoted)"};
special(websocket_origin, _) ->
    {word, "set(origins)"};
special(via, _) ->
    {word, "set(either(options(!host:domain,port:int(1,65535),!type:enum(tcp,tls,udp)),hop))"};
special(Option, Fun) ->
    {module, Module} = erlang:fun_info(Fun, module),
    case {Module, lists:member(Option, [ciphers, c2s_ciphers, s2s_ciphers])} of
        {yconf, _} -> Fun;
        {econf, _} -> Fun;
        {_, true} -> {word, "either(text,set(text))"};
        _ -> Fun
    end.

row(Scope, Option, Flags, Validator) ->
    Type = try type(Validator()) catch _:_ -> "any" end,
    io:format("~s\t~s\t~s\t~s~n", [Scope, Option, Flags, lists:flatten(Type)]).

type(Fun) when is_function(Fun) ->
    {module, Module} = erlang:fun_info(Fun, module),
    {name, Name} = erlang:fun_info(Fun, name),
    Env = case erlang:fun_info(Fun, type) of
              {type, local} -> element(2, erlang:fun_info(Fun, env));
              {type, external} -> []
          end,
    type(Module, label(atom_to_list(Name)), Env, Fun);
type({word, Type}) -> Type;
type(_) ->
    "any".

%% "-bool/0-fun-0-" is "bool/0"; "-fun.to_binary/1-", as older compilers name it, "to_binary".
label("-fun." ++ Name) -> hd(string:split(Name, "/"));
label(Name) -> re:replace(Name, "^-|-fun-[0-9]+-$", "", [global, {return, list}]).

type(yconf, "and_then/2", [First, Second], _) -> and_then(First, Second);
type(yconf, "and_then/2", [Second, First, _], _) -> and_then(First, Second);
type(yconf, "bool/0", _, _) -> "bool";
type(yconf, "to_binary", _, _) -> "text";
type(yconf, "binary/" ++ _, ["^unix:.*" | _], _) -> "unix";
type(yconf, "binary/" ++ _, ["^[a-zA-Z]+:[^:]+$" | _], _) -> "contact";
type(yconf, "binary/" ++ _, _, _) -> "text";
type(yconf, "string/" ++ _, _, _) -> "text";
type(yconf, "to_atom", _, _) -> "text";
type(yconf, "atom/" ++ _, _, _) -> "text";
type(yconf, "to_string", _, _) -> "text";
type(yconf, "prep_path", _, _) -> "filled(text)";
type(yconf, "file/" ++ _, _, _) -> "filled(text)";
type(yconf, "path/" ++ _, _, _) -> "filled(text)";
type(yconf, "directory/" ++ _, _, _) -> "filled(text)";
type(yconf, "url/1", [[_ | _] = Schemes], _) -> ["url(", lists:join(",", [atom_to_list(S) || S <- Schemes]), ")"];
type(yconf, "url/" ++ _, _, _) -> "url";
type(yconf, "ipv4/0", _, _) -> "ipv4";
type(yconf, "ipv6/0", _, _) -> "ipv6";
type(yconf, "octal/0", _, _) -> "octal";
type(yconf, "re/" ++ _, _, _) -> "re";
type(yconf, "glob/" ++ _, _, _) -> "glob";
type(yconf, "number/1", [Min], _) when is_integer(Min) -> io_lib:format("number(~w)", [Min]);
type(yconf, "to_int", _, _) -> "int(,)";
type(yconf, "ip/0", _, _) -> "ip";
type(yconf, "ip_mask/0", _, _) -> "mask";
type(yconf, "int/0", _, _) -> "int(,)";
type(yconf, "int/2", [Min, Max], _) when is_integer(Min) -> range(Min, Max);
type(yconf, "pos_int/0", _, _) -> "int(1,)";
type(yconf, "pos_int/1", _, _) -> "either(int(1,),forever)";
type(yconf, "non_neg_int/0", _, _) -> "int(0,)";
type(yconf, "non_neg_int/1", _, _) -> "either(int(0,),forever)";
type(yconf, "port/0", _, _) -> "int(1,65535)";
type(yconf, "timeout/1", _, _) -> "time";
type(yconf, "timeout/2", _, _) -> "either(time,forever)";
type(yconf, "enum/1", Env, _) -> enum([X || X <- hd([E || E <- Env, is_list(E)])]);
type(yconf, "non_empty/1", [Fun], _) -> ["filled(", type(Fun), ")"];
type(yconf, "either/2", [A, B], _) when is_function(A) -> ["either(", type(A), ",", type(B), ")"];
type(yconf, "either/2", [A, B], _) when is_atom(A) -> ["either(enum(", atom_to_list(A), "),", type(B), ")"];
type(yconf, "list/1", [Fun | _], _) -> ["list(", type(Fun), ")"];
type(yconf, "list/2", [Fun, [unique]], _) when is_function(Fun) -> ["set(", type(Fun), ")"];
type(yconf, "list/2", [Fun | _], _) when is_function(Fun) -> ["list(", type(Fun), ")"];
type(yconf, "list_or_single/2", [Fun, Options], _) when is_function(Fun), is_list(Options) ->
    [case lists:member(unique, Options) of true -> "several("; false -> "some(" end, type(Fun), ")"];
type(yconf, "list_or_single/" ++ _, [Fun | _], _) when is_function(Fun) -> ["some(", type(Fun), ")"];
type(yconf, "map/" ++ _, Env, _) ->
    Unique = lists:member(unique, lists:append([Flags || Flags <- Env, is_list(Flags)])),
    case [F || F <- Env, is_function(F)] of
        [Key, Value] when Unique -> ["once(", map(Key, Value), ")"];
        [Key, Value] -> map(Key, Value);
        _ -> "any"
    end;
type(yconf, "options/" ++ _, Env, _) ->
    [Map] = [M || M <- Env, is_map(M)],
    Flags = lists:append([F || F <- Env, is_list(F)]),
    Required = proplists:get_value(required, Flags, []),
    Disallowed = [["~", atom_to_list(O)] || O <- proplists:get_value(disallowed, Flags, [])],
    ["options(", lists:join(",", Disallowed ++ [[option(O, Required), ":", type(O, T)] || {O, T} <- lists:sort(maps:to_list(Map))]), ")"];
type(econf, "db_type/1", [Module], Fun) -> enum(backends(Module, Fun));
type(econf, "domain/0", _, _) -> "domain";
type(econf, "lang/0", _, _) -> "lang";
type(econf, "host/0", _, _) -> "host";
type(econf, "jid/0", _, _) -> "jid";
type(econf, "ldap_filter/0", _, _) -> "filter";
type(econf, "sip_uri/0", _, _) -> "sip";
type(mod_mqtt, "topic_access_validator/0", _, _) -> "topic";
type(ejabberd_shaper, "shaper_rules_validator/0", _, _) -> "shaping";
type(acl, "access_rules_validator/0", _, _) -> "rules";
type(acl, "acl_validator/0", _, _) -> "conditions";
type(_, _, _, _) -> "any".

map(Key, Value) ->
    case lists:flatten(type(Key)) of
        Any when Any == "text"; Any == "any" -> ["map(", type(Value), ")"];
        Type -> ["keyed(", Type, ",", type(Value), ")"]
    end.

%% Of the parts of api_permissions. Where commands come from is said to who gives another word.
type(from, Fun) ->
    case erlang:fun_info(Fun, module) of
        {module, ejabberd_access_permissions} ->
            ["some(either(", enum(try Fun([none]), [] catch _:Why -> words(Why) end), ",options(tag:text)))"];
        _ -> type(Fun)
    end;
type(who, Fun) ->
    case type(Fun) of
        "any" -> "who";
        Type -> Type
    end;
type(what, _) -> "some(command)";
%% Of server_info of mod_disco.
type(modules, _) -> "either(enum(all),list(code))";
type(_, Fun) -> type(Fun).

words({bad_enum, Words, _}) -> Words;
words(Tuple) when is_tuple(Tuple) -> lists:append([words(Part) || Part <- tuple_to_list(Tuple)]);
words(_) -> [].

option(Option, Required) ->
    [case lists:member(Option, Required) of true -> "!"; false -> "" end, atom_to_list(Option)].

%% What the second is given is what the first has made of the value.
and_then(First, Second) ->
    case {type(First), second(Second)} of
        {"text", "any"} -> "text";
        {"text", Type} -> Type;
        {["filled(", "text", ")"], "domain"} -> "domain";
        {Type, _} -> Type
    end.

second(Fun) ->
    case erlang:fun_info(Fun, module) of
        {module, econf} -> type(Fun);
        _ -> "any"
    end.

range(Min, Max) ->
    io_lib:format("int(~w,~s)", [Min, if is_integer(Max) -> integer_to_list(Max); true -> "" end]).

enum(Words) ->
    Texts = [case W of
                 W when is_atom(W) -> atom_to_list(W);
                 W when is_binary(W) -> binary_to_list(W);
                 _ -> throw(no_word)
             end || W <- Words],
    ["enum(", lists:join(",", lists:usort(Texts)), ")"].

%% The backends of a module: those of MODULE_X for which there is a beam that the validator takes.
backends(Module, Validator) ->
    Prefix = atom_to_list(Module) ++ "_",
    Candidates = lists:usort([list_to_atom(lists:nthtail(length(Prefix), atom_to_list(B)))
                              || B <- beams(), lists:prefix(Prefix, atom_to_list(B)),
                                 not lists:member($_, lists:nthtail(length(Prefix), atom_to_list(B)))]),
    [C || C <- Candidates, try Validator(C), true catch _:_ -> false end].
