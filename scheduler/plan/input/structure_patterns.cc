#include "scheduler/plan/input/wish_patterns.h"

namespace aftercare::plan {
namespace {

// See wish_words.cc for the classes of words. A few words that no table names may stand before the word for messages.
constexpr WordPattern kPatterns[] = {
    // An end, and what shall end.
    {kOpenWish, "ENDVERB MID* _|CLINICAL? MID* _? MID* MESSAGES THING*"},
    {kOpenWish, "ENDVERB MID* DET MID* MESSAGE THING*"},
    {kOpenWish, "ENDVERB sending|getting|receiving|GET|RECEIVE|SENDINF MID|her|him* _|CLINICAL? MID* MESSAGE THING*"},
    {kOpenWish, "ENDVERB DET|with* TEXTING me|us|mynumber|moi|nous THING*"},
    {kAnywhereWish, "ENDVERB DET|with* SENDING THING*"},
    {kOpenWish, "CANCEL MID* _? MID* MESSAGES THING*"},
    {kOpenWish, "CANCEL MID* MESSAGE|SENDING SERVICE THING*"},
    {kOpenWish, "ENDVERB MID* MESSAGE|SENDING SERVICE THING*"},
    {kOpenWish, "turn|switch|shut|cut MID* MESSAGE THING* off|down|out THING*"},
    {kPlainWish, "MID* MESSAGES need|must|have|has|should|needs|got|gotta|can|may|could|tienen|deben|deberian|doivent "
     "got|have? to|que|de? be|parar|terminar|acabar|cesser|arreter|STOP|end|cease|go? stopped|ended|cancelled|away? $"},
    {kAnywhereWish, "let|get|have|make|put me|us? out|off of|from? MID* MESSAGE|SENDING SERVICE|LIST|THING*"},
    {kAnywhereWish, "out|off of? MID* MESSAGE|SENDING SERVICE|LIST THING*"},
    {kPlainWish, "out|off of? MID* MESSAGES THING*"},
    {kPlainWish, "this|it|that|PRONOUN|thing to? stop|quit|cease SENDING|SENDI me|us? THING*"},
    {kOpenWish, "ENDVERB|NEG SENDING|SENDI to? my|his|her|our FAMILY DEVICE THING*"},
    {kOpenWish, "i|je|yo? ENDVERB|CANCEL MID* ENROLLMENT in|to|for|from|with|a|aux|al|en|de* MID* MESSAGE|SENDING "
     "SERVICE? THING*"},
    {kPronounWish, "ENDVERB|CANCEL MID* ENROLLMENT THING*"},
    {kAnywhereWish, "make? it so|where|that that? i|we|you|they dont|stop|quit|nolonger RECEIVE|GET|SENDI|SENDING|come "
     "THING*"},
    {kPlainWish, "be|im|is done|finished|through|over with DET* MESSAGE THING*"},
    {kOpenWish, "STOP|quit using|use DET* mynumber THING*"},
    {kAnywhereWish, "STOP|quit|cease blowing|blowin|lighting|lightin|blasting|clogging|flooding|filling up? mynumber|"
     "DEVICE up? THING*"},
    {kAnywhereWish, "turn|switch|shut PRONOUN off|down THING*"},
    {kAnywhereWish, "ENDVERB getting|receiving PRONOUN|this THING*"},
    {kBareWish, "STOP like|about|over|at? least? NUM NUM? times|x? already? $"},
    {kPlainWish, "ENDVERB DET|further|immediately|immediatement* contact|communicating|outreach|contacts|communication "
     "$"},
    {kAnywhereWish, "get|take|keep MID* MESSAGES off|out|away of|from? mynumber|DEVICE|my|me|here THING*"},
    {kOpenWish, "REMOVE my? FAMILY off|from|out|of DET* LIST|MESSAGE|SENDING THING*"},
    {kOpenWish, "REMOVE my|her|his|_|FAMILY* off|from|out|of MID* MESSAGE|SENDING LIST|SERVICE? THING*"},
    {kAnywhereWish, "i|we? want|need|have|get|like MID* MESSAGE stopped|discontinued|cancelled|ended|gone|turned|shut "
     "off?"},
    {kPronounWish, "i|we? want|need|have|get|like PRONOUN stopped|discontinued|cancelled|ended|gone|turned|shut off?"},
    {kOpenWish, "cut MID* MESSAGES THING*"},
    {kPlainWish, "enough MESSAGES $"},
    {kOpenWish, "ENDVERB wasting|filling|jamming|clogging|flooding|eating|using up? my|our _|HARMLESS? up? with MID* "
     "MESSAGE THING*"},
    {kAnywhereWish, "lachez|lache moi|nous avec MID* MESSAGE THING*"},
    {kPoliteWish, "detengan|suspendan|terminen|corten esto|eso $"},
    {kAnywhereWish, "not|no accepting|taking|doing|reading|wanting|allowing|aceptamos|acepto MID* MESSAGES THING*"},
    {kAnywhereWish, "block|stop|keep|prevent me|us|mynumber from getting|receiving|RECEIVE|GET PRONOUN|this|MESSAGE|"
     "DET* MESSAGE? THING*"},
    {kPlainWish, "no more MESSAGE are|is? necessary|needed|required|wanted|please? THING*"},
    {kPlainWish, "thats|its|had|got|thats enough MID* MESSAGES for|from? me|now|you? $"},
    {kOpenWish, "dejen|deje|dejenme|laissez|leave mi|mon|my? mynumber|NAME en|alone|tranquille paz? THING*"},
    {kOpenWish, "spare me|us MID* MESSAGE THING*"},
    {kAnywhereWish, "keep|save your MESSAGE|JUNK to yourself|yourselves THING*"},
    {kAnywhereWish, "i|we? can|could|will? do|live|manage|survive fine|ok? without MID* MESSAGE THING*"},
    {kAnywhereWish, "text|message|bother|spam|annoy|harass|contact somebody|someone|anyone else with|THING* JUNK? "
     "THING*"},
    {kAnywhereWish, "i|im? decline|reject|refuse|declining|refusing|rejecting|object to|a? RECEIVE|GET|getting|any|all|"
     "future|further|vos|sus|les|los|de* MESSAGE|SENDING|CONTACTED THING*"},
    {kAnywhereWish, "put|add|place me|us|mynumber on|in|to DET* dont|no|nocall call|contact|text|disturb|message list "
     "THING*"},
    {kPlainWish, "no|nothing more|else|further from you|yall|here|this|your|these THING* clinic|office|place|doctor|"
     "hospital? $"},
    {kAnywhereWish, "leave|exit|quit|leaving MID* MESSAGE|SENDING thread|group|chat|list|SERVICE THING*"},
    {kAnywhereWish, "ni un|otro|solo MESSAGE mas $"},
    {kPlainWish, "plus un|aucun seul MESSAGE|rappel|envoi THING*"},
    {kPlainWish, "suficientes|suficiente|hasta aqui? con? MID* MESSAGE $"},
    {kOpenWish, "larret|arret|arreter|fin|terme DET|a|aux* MESSAGES THING*"},
    // Not to write, and no need to.
    {kOpenWish, "NEG keep|continue|even|be|try|bother|go|you|start|dare|to|on|ever* TEXTING me|us|mynumber THING*"},
    {kAnywhereWish, "you|yall not to? SENDI|SENDING me|us|mynumber|here THING*"},
    {kAnywhereWish, "told|asked|warned you? not to SENDI me|us|mynumber|here THING*"},
    {kAnywhereWish, "i|we? NEG|revoke|didnt|withdraw|no|cancel give|have|gave|my|you|yall|any|your|grant|all* "
     "permission|consent to|for SENDI|SENDING|be|RECEIVE me|us|CONTACTED? THING*"},
    {kOpenWish, "NOWANT to|que|a|me|nos|get|GET* RECEIVE MID* mas? informacion|informaciones|publicidad|info|"
     "information THING*"},
    {kOpenWish, "NEG send|forward|shoot|deliver|give me|us|out? MID* MESSAGE THING*"},
    {kAnywhereWish, "theres|there|is|its|it* NOPOINT to|in|for|de|que|a|you|me|nos|nous|keep|keeps|continue|continuing|"
     "continuer|seguir|sigan|on|with|any|further|more|mas|plus|ces|vos* SENDI|SENDING|SENDINF|SENDES|SENDFR|CONTACTED "
     "THING*"},
    {kAnywhereWish, "NONEED to|for|de|que|a|you|me|nos|nous|keep|be|getting|being|continue|continuer|seguir|sigan|on* "
     "SENDI|SENDING|SENDINF|SENDES|SENDFR|CONTACTED THING*"},
    {kOpenWish, "she|he|they|we|i|it? NOPOINT|NONEED|NOWANT to|in|for|de|que|a|me|nos|nous|keep|be|have|getting|get|"
     "receiving|RECEIVE|seguir|siga|sigan|SENDING|SENDINF|SENDES|SENDFR|ARRIVES|vuelvan|esten|este|esté|another|see|"
     "you* MID* MESSAGE THING*"},
    {kAnywhereWish, "she|he|they|we|i|it? NOWANT que|a|me|nos|nous|vous|tu|on|to|you|yall|anyone|them|ustedes|be|get|"
     "getting|have|keep|being|seguir|sigan|esten|ser|etre|estar* SENDI|SENDING|SENDINF|SENDES|SENDFR|CONTACTED me|us|"
     "moi|nous? THING*"},
    {kAnywhereWish, "NOWANT to? hear|hearing from|about you|yall|this|your|clinic|anyone|doctors|them THING*"},
    {kAnywhereWish, "you|yall can|may|could|should|must|need|better|please cease|quit|stop|end with? MID* _? MID* "
     "MESSAGE|SENDING|checkins THING*"},
    // Not to be on a list.
    {kOpenWish, "ERASE mynumber|number THING*"},
    {kOpenWish, "ERASE my|mi|mis|mon|ma|mes|our|her|his FAMILY? NUMBER NUMBER? THING*"},
    {kOpenWish, "laissez|laisse|dejen|deje|leave my|mi|ma|mon FAMILY tranquille|alone|en paz? THING*"},
    {kOpenWish, "REMOVE me|us|moi|nous|mynumber|number|it off|from|out|of|de|du|des MID* _? MID* LIST|MESSAGE|SENDING|"
     "SERVICE THING*"},
    {kOpenWish, "REMOVE my|mi|mon|mes|his|her|our HARMLESS? HARMLESS? NAME NAME? off|from|out|of|de|du|des MID* LIST|"
     "MESSAGE|SENDING|SERVICE|records|here THING*"},
    {kOpenWish, "take|get|pull|cut|have|see that? mynumber|number is|be|gets|taken* off|out|removed|deleted|erased|"
     "taken MID* _? THING*"},
    {kOpenWish, "take|get|pull|cut my|our NAME NAME? off|out of? MID* _? THING*"},
    {kOpenWish, "NOWANT to|seguir|continuar|que|be|continuer|a* participate|continue|participar|estar|part|seguir|"
     "parte|be|participer in|with|en|de|a MID* MESSAGE|SENDING|SERVICE|LIST MID* MESSAGE|SERVICE|LIST? THING*"},
    {kOpenWish, "me|nos retirer|enlever|supprimer|sortir|effacer|desinscrire de|d|du|des MID* LIST|MESSAGE|SERVICE "
     "THING*"},
    {kOpenWish, "REMOVEME|REMOVE de|del MID* LIST|MESSAGE|SERVICE THING*"},
    {kAnywhereWish, "ERASE|take me|us|moi|nous off|from|out|of|de whatever|wherever this? is|it?"},
    {kAnywhereWish, "ERASE me|us|moi|nous off|from|out|of|de this|here|there|everything|la|ici|aqui|ahi|all THING*"},
    {kAnywhereWish, "REMOVE moi|nous de la|ici|ca|cette|tout THING*"},
    {kAnywhereWish, "REMOVEME de|del? aqui|ahi|alli|esto|eso|todo THING*"},
    {kAnywhereWish, "REMOVEME $"},
    {kOpenWish, "UNSUB me|us|moi|nos|mynumber|this|number THING*"},
    {kAnywhereWish, "me|se|to|be|get|getting|please UNSUB|unsubscribed THING* LIST|MESSAGE|SERVICE? THING*"},
    {kOpenWish, "UNSUB off|from|of|out|de|del|du|a MID* MESSAGE|SENDING|LIST|SERVICE THING*"},
    {kOpenWish, "leave|leav|let me|us|moi|mynumber alone with|about|from|and THING*"},
    {kOpenWish, "deje|dejen|dejenme|dejeme|dejame|dejadme|dejenos|dejennos me? en paz THING*"},
    {kOpenWish, "laissez|laisse|fichez|fiche|foutez moi|nous tranquille|la|en paix? THING*"},
    // Spanish and French: not to write.
    {kOpenWish, "no me|nos|le|les|se? SENDES me|nos|ni|o|y|SENDES* MID* MESSAGE|mynumber THING*"},
    {kAnywhereWish, "no me|nos|le? SENDES me|nos|ni|SENDES* nada|mas THING*"},
    {kOpenWish, "no me|nos|le? SENDES me|nos|ni|SENDES* MID* mas? informacion|informaciones|publicidad THING*"},
    {kOpenWish, "no me|nos|le|les? ARRIVES MID* MESSAGE THING*"},
    {kAnywhereWish, "que no me|nos ARRIVES esto|estos|nada|mas|MESSAGE THING*"},
    {kOpenWish, "no me|nos|le|les|se? esten|este|esté|estes|anden|ande|sigan|siga|sigas|vuelvan|vuelva|vuelvas a|me|"
     "nos* TEXTING THING*"},
    {kOpenWish, "dejen|deje|dejad|dejar|deja|dejes|paren|pare|parar|basta|eviten de|con? estar|andar|andarme|estarme|"
     "me|tanto* TEXTING THING*"},
    {kOpenWish, "dejen|deje|dejad|dejar|deja|dejes|paren|pare|parar|basta|eviten de|con? estar|andar|me|tanto* SENDINF "
     "MID* MESSAGE THING*"},
    {kAnywhereWish, "dejen|deje|dejad|dejar|deja|dejes|paren|pare|parar|eviten de|con? estar|andar|me|tanto* SENDINF "
     "THING*"},
    {kOpenWish, "STOP|cesse ne? de|d|a|en|me|nous|vous|le* TEXTING me|nous|moi? THING*"},
    {kOpenWish, "STOP|cesse ne? de|d|a|en|me|nous|vous|le* SENDINF|SENDFR me|nous|moi? MID* MESSAGE THING*"},
    {kAnywhereWish, "STOP|cesse ne? de|d|a|en|me|nous|vous|le* SENDINF|SENDFR me|nous|moi? THING*"},
    {kOpenWish, "ne me|nous|le|lui? TEXTING moi? plus|pas|jamais|rien THING*"},
    {kOpenWish, "ne me|nous|le|lui? SENDFR plus|pas|jamais|rien|aucun MID* MESSAGE THING*"},
    {kOpenWish, "ne plus|pas|jamais|rien me|nous|le|lui* TEXTING THING*"},
    {kOpenWish, "ne plus|pas|jamais|rien me|nous|le|lui* SENDFR|SENDINF MID* MESSAGE THING*"},
    {kOpenWish, "dejen|deje|paren|dejaran de llegar|llegarme|llegarnos MID* MESSAGE THING*"},

    // The end of what has a pronoun for its name.
    {kPronounWish, "ENDVERB|CANCEL PRONOUN THING*"},
    {kPronounWish, "ENDVERB|CANCEL DET|all PRONOUN $"},
    {kPronounWish, "turn|switch|shut|cut PRONOUN|it|this|that off|down THING*"},
    {kPronounWish, "make|let|get PRONOUN|it|this to? STOP|end|cease|quit|go THING*"},
    {kPronounWish, "NOWANT|NONEED to|que|de|GET|RECEIVE|have* PRONOUN THING*"},
    {kPronounWish, "NEG send|want|need|like PRONOUN|nothing|any|anything THING*"},
    {kPronounWish, "REMOVE|get|take|put|let|count me|us|moi|nous off|out|away of|de|from? it|this|that? $"},
    {kPronounWish, "ENDVERB|CANCEL MID* SERVICE THING*"},
    {kPronounWish, "REMOVE me|us|moi off|from|of|out|de MID* SERVICE THING*"},
    {kPronounWish, "quitenmelo|quitamelo|quitenlo|cortenle|cortele|parenle|parele|cancelenlos|cancelelos|quitenlos|"
     "apaguenlos|eliminenlo|eliminelo|borrenlo|borrelo|quitelo|saquenlo|desactivenlos|bloqueenme|retirenlo THING* $"},
    {kPronounWish, "get|take|pull|sign me|us off|out DET* $"},
    {kPronounWish, "ERASE le|la|lo $"},
    {kPronounWish, "me|nous supprimer|effacer|enlever|retirer|rayer $"},
    {kPronounWish, "le|la|les supprimer|effacer|enlever|retirer|rayer THING*"},
    {kAnywhereWish, "no los|las|lo|les? NEED RECEIVE THING*"},
    {kPronounWish, "no los|las|lo|les? NEED THING*"},
    {kPronounWish, "remove|delete|erase $"},
};

}  // namespace

absl::Span<const WordPattern> StructurePatterns() { return kPatterns; }

}  // namespace aftercare::plan
